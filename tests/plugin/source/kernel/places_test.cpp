// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/places.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>

namespace wgt::kernel {
namespace {

class Places : public testing::Test {
 protected:
  Places() {
    if (::mkdtemp(path_) == nullptr) std::abort();
  }
  ~Places() override { ::rmdir(path_); }
  UniqueFd open() const { return UniqueFd(::open(path_, O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

 private:
  char path_[32] = "/tmp/wgt-places-XXXXXX";
};

TEST_F(Places, EachIsHeldUntilItsFileIsClosed) {
  UniqueFd holder = open();
  const UniqueFd other = open();
  EXPECT_FALSE(is_place_held(other, 3));
  ASSERT_TRUE(hold_place(holder, 3));
  EXPECT_TRUE(is_place_held(other, 3));
  EXPECT_FALSE(is_place_held(other, 2));
  EXPECT_FALSE(is_place_held(other, 4));
  holder.reset();
  EXPECT_FALSE(is_place_held(other, 3));
}

TEST_F(Places, AStoppedProcessKeepsItAndADeadOneDoesNot) {
  const UniqueFd other = open();
  const pid_t child = ::fork();
  if (child == 0) {
    const UniqueFd holder = open();
    if (!hold_place(holder, 0)) ::_exit(1);
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
  ASSERT_TRUE(WIFSTOPPED(status));
  EXPECT_TRUE(is_place_held(other, 0));
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_FALSE(is_place_held(other, 0));
}

}  // namespace
}  // namespace wgt::kernel
