// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/netlink_socket.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <cerrno>

namespace wgt::wg {
namespace {

TEST(NetlinkSocket, ResolvesTheFamilyEveryKernelHas) {
  auto socket = NetlinkSocket::open(NETLINK_GENERIC);
  if (!socket) GTEST_SKIP() << socket.error().text;
  const auto family = resolve_family(*socket, "nlctrl");
  ASSERT_TRUE(family) << family.error().text;
  EXPECT_EQ(*family, 16);  // GENL_ID_CTRL
  EXPECT_EQ(resolve_family(*socket, "nlctrl").value(), 16) << "the second request of a socket";
}

TEST(NetlinkSocket, UnknownFamilyIsNotFound) {
  auto socket = NetlinkSocket::open(NETLINK_GENERIC);
  if (!socket) GTEST_SKIP() << socket.error().text;
  const auto family = resolve_family(*socket, "wgt-none");
  ASSERT_FALSE(family);
  EXPECT_EQ(family.error().code, Errc::kNotFound);
  EXPECT_EQ(family.error().sys_errno, ENOENT);
}

TEST(NetlinkSocket, ImpossibleBusIsAnError) { EXPECT_FALSE(NetlinkSocket::open(9999)); }

}  // namespace
}  // namespace wgt::wg
