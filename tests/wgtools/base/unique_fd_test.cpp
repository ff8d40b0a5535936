// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

namespace wgt {
namespace {

static_assert(!std::is_convertible_v<UniqueFd, int> && !std::is_convertible_v<BorrowedFd, int>);
static_assert(!std::is_copy_constructible_v<UniqueFd>);

UniqueFd open_something() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(UniqueFd, ClosesWhenItDies) {
  int fd = -1;
  {
    const UniqueFd owner = open_something();
    ASSERT_TRUE(owner);
    fd = owner.get();
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(UniqueFd, MovesLeaveOneOwner) {
  UniqueFd first = open_something();
  const int fd = first.get();
  UniqueFd second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): the state after a move is the subject
  EXPECT_EQ(second.get(), fd);

  UniqueFd third = open_something();
  const int replaced = third.get();
  third = std::move(second);
  EXPECT_FALSE(is_open(replaced));
  EXPECT_EQ(third.get(), fd);
  EXPECT_TRUE(is_open(fd));
}

TEST(UniqueFd, ReleaseHandsTheDescriptorOver) {
  UniqueFd owner = open_something();
  const int fd = owner.release();
  EXPECT_FALSE(owner);
  EXPECT_TRUE(is_open(fd));
  owner.reset(fd);
  owner.reset();
  EXPECT_FALSE(is_open(fd));
}

TEST(BorrowedFd, UsesWithoutClosing) {
  const UniqueFd owner = open_something();
  { EXPECT_EQ(BorrowedFd(owner).get(), owner.get()); }
  EXPECT_TRUE(is_open(owner.get()));
}

}  // namespace
}  // namespace wgt
