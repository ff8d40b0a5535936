// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/link_list.h"

#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "tests/support/netlink_bytes.h"

namespace wgt::wg {
namespace {

using test::Attrs;
using test::ByteVector;

ByteVector link_message(int ifindex, const Attrs& attrs) {
  ifinfomsg info{};
  info.ifi_index = ifindex;
  ByteVector payload;
  test::append_raw(payload, &info, sizeof(info));
  test::append_raw(payload, attrs.bytes().data(), attrs.bytes().size());
  return test::message({.type = RTM_NEWLINK}, payload);
}

Attrs kind(std::string_view name) { return Attrs().text(IFLA_INFO_KIND, name); }

TEST(LinkList, TakesWireguardLinks) {
  const auto link =
      parse_wireguard_link(link_message(7, Attrs()
                                               .text(IFLA_IFNAME, "wg0")
                                               .value(IFLA_MTU, std::uint32_t{1420})
                                               .nest(IFLA_LINKINFO, kind("wireguard"))));
  ASSERT_TRUE(link) << link.error().text;
  ASSERT_TRUE(link->has_value());
  EXPECT_EQ((*link)->ifindex, 7U);
  EXPECT_EQ((*link)->name, "wg0");
}

TEST(LinkList, LeavesOutOtherLinks) {
  for (const Attrs& attrs : {Attrs().text(IFLA_IFNAME, "lo"),
                             Attrs().text(IFLA_IFNAME, "veth0").nest(IFLA_LINKINFO, kind("veth")),
                             Attrs().text(IFLA_IFNAME, "x").nest(IFLA_LINKINFO, kind("wireguard2")),
                             Attrs().text(IFLA_IFNAME, "y").nest(IFLA_LINKINFO, Attrs())}) {
    EXPECT_EQ(parse_wireguard_link(link_message(1, attrs)).value(), std::nullopt);
  }
}

TEST(LinkList, RefusesCutMessagesAtEveryByte) {
  const ByteVector whole = link_message(
      7, Attrs().nest(IFLA_LINKINFO, kind("wireguard")).text(IFLA_IFNAME, "fifteen-letters"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const ByteVector cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const auto link = parse_wireguard_link(cut);
    EXPECT_TRUE(!link || !link->has_value()) << length;
  }
}

TEST(LinkList, AsksTheKernelWithoutPrivileges) {
  const auto links = list_devices();
  EXPECT_TRUE(links) << links.error().text;
}

}  // namespace
}  // namespace wgt::wg
