// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/link.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "tests/support/netlink_bytes.h"

namespace wgt::wg {
namespace {

using test::Attrs;
using test::ByteVector;

ByteVector link_state_message(unsigned flags, const Attrs& attrs) {
  ifinfomsg info{};
  info.ifi_flags = flags;
  ByteVector payload;
  test::append_raw(payload, &info, sizeof(info));
  test::append_raw(payload, attrs.bytes().data(), attrs.bytes().size());
  return test::message({.type = RTM_NEWLINK}, payload);
}

Attrs of_vrf() {
  return Attrs()
      .text(IFLA_IFNAME, "wg0")
      .value(IFLA_MTU, std::uint32_t{1420})
      .value(IFLA_MASTER, std::uint32_t{9})
      .nest(IFLA_LINKINFO, Attrs().text(IFLA_INFO_KIND, "wireguard"));
}

TEST(LinkState, IsRead) {
  const auto state = parse_link_state(link_state_message(IFF_UP, of_vrf()));
  ASSERT_TRUE(state) << state.error().text;
  EXPECT_EQ(state->name, "wg0");
  EXPECT_EQ(state->kind, "wireguard");
  EXPECT_EQ(state->mtu, 1420U);
  EXPECT_EQ(state->master, 9U);
  EXPECT_TRUE(state->up);
  EXPECT_FALSE(parse_link_state(link_state_message(0, Attrs()))->up);
}

TEST(LinkState, SurvivesCutsAtEveryByte) {
  const ByteVector whole = link_state_message(IFF_UP, of_vrf());
  std::size_t refused = 0;
  for (std::size_t length = 0; length < whole.size(); ++length)
    if (!parse_link_state(
            ByteVector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))))
      refused++;
  EXPECT_GT(refused, whole.size() / 2);
}

TEST(LinkState, IsAskedWithoutPrivileges) {
  auto socket = NetlinkSocket::open(NETLINK_ROUTE);
  ASSERT_TRUE(socket);
  const auto loopback = link_state(*socket, 1);
  ASSERT_TRUE(loopback) << loopback.error().text;
  EXPECT_EQ(loopback->name, "lo");
  EXPECT_EQ(loopback->kind, "");
  const auto none = link_state(*socket, 999'999);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace wgt::wg
