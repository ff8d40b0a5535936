// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/own_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace wgt::kernel {
namespace {

TEST(OwnProcess, IsCountedByItsNamespace) {
  const auto self = own_process();
  ASSERT_TRUE(self);
  EXPECT_EQ(self->tgid, static_cast<std::uint32_t>(::getpid()));
  EXPECT_NE(self->pidns, 0u);

  const pid_t child = ::fork();
  if (child == 0) {
    const auto forked = own_process();
    const bool right = forked && forked->tgid == static_cast<std::uint32_t>(::getpid()) &&
                       forked->tgid != self->tgid && forked->pidns == self->pidns;
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace wgt::kernel
