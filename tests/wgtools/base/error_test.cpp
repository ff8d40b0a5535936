// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace wgt {
namespace {

TEST(Error, SaysWhatWasTriedOnWhatAndWhy) {
  errno = ENOENT;
  const Error error = errno_error("open", "/run/netns/a");
  EXPECT_EQ(error.text, "open /run/netns/a: No such file or directory");
  EXPECT_EQ(error.sys_errno, ENOENT);
  EXPECT_EQ(error.code, Errc::kNotFound);
}

TEST(Error, LeavesOutAnEmptyObject) {
  EXPECT_EQ(sys_error(EINVAL, "netlink", "").text, "netlink: Invalid argument");
}

TEST(Error, SortsErrnosIntoClasses) {
  EXPECT_EQ(sys_error(EPERM, "a", "b").code, Errc::kPermission);
  EXPECT_EQ(sys_error(EACCES, "a", "b").code, Errc::kPermission);
  EXPECT_EQ(sys_error(ENODEV, "a", "b").code, Errc::kNotFound);
  EXPECT_EQ(sys_error(EOPNOTSUPP, "a", "b").code, Errc::kUnsupported);
  EXPECT_EQ(sys_error(EIO, "a", "b").code, Errc::kSystem);
}

TEST(Error, ContextStandsBeforeTheTextAndKeepsTheRest) {
  const Error error = with_context(sys_error(EPERM, "attach", "wg_xmit"), "bring up wg0");
  EXPECT_EQ(error.text, "bring up wg0: attach wg_xmit: Operation not permitted");
  EXPECT_EQ(error.sys_errno, EPERM);
  EXPECT_EQ(error.code, Errc::kPermission);
}

TEST(Error, MadeFromTextHasNoErrno) {
  const Error error = make_error(Errc::kVersion, "format 3");
  EXPECT_EQ(error.sys_errno, 0);
  EXPECT_EQ(error.code, Errc::kVersion);
  EXPECT_EQ(error.text, "format 3");
}

TEST(ErrorDeathTest, DiePrintsTheTextAndAborts) {
  EXPECT_DEATH(die(make_error(Errc::kSystem, "lost the namespace")), "lost the namespace");
}

}  // namespace
}  // namespace wgt
