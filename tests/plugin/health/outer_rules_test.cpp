// SPDX-License-Identifier: GPL-2.0-only
// The way of the encrypted packets: each rule fires, nearly fires, is silent without its facts.
#include <gtest/gtest.h>

#include "tests/plugin/health/host_builder.h"

namespace wgt::health {
namespace {

using test::Host;
using test::key;
using test::kOwn;
using test::v4;

TEST(OuterRules, NoRoute) {
  Host host;
  host.outside().route = {.error = ENETUNREACH};
  EXPECT_EQ(host.ids(), "tx.no_route error");
  EXPECT_EQ(host.first().command, "ip route get 192.0.2.7");
  host.device.fwmark = 5;
  EXPECT_EQ(host.first().command, "ip route get 192.0.2.7 mark 5");
  host.endpoints[0].endpoint.address = {.version = 6, .bytes = {0xfe, 0x80}};
  host.endpoints[0].scope = "xa";
  EXPECT_EQ(host.first().command, "ip route get fe80:: oif xa");
  EXPECT_NE(host.first().message.find("[fe80::%xa]:51820"), std::string::npos);
  host.socket = {.here = false, .netns = "outside"};
  host.socket_away = true;
  EXPECT_EQ(host.first().command, "ip netns exec outside ip route get fe80:: oif xa");
  host.socket = {.here = false, .initial = true};
  EXPECT_EQ(host.first().command, "nsenter --net=/proc/1/ns/net ip route get fe80:: oif xa");
}

TEST(OuterRules, Loops) {
  using wg::PathEnd;
  const wg::Carrier own{kOwn, "wg0", key(1)};
  const wg::Carrier own_second{kOwn, "wg0", key(2)};
  const wg::Carrier other{7, "wg1", key(3)};
  EXPECT_EQ(Host().carried({own}, PathEnd::kComesBack).ids(), "config.loop error");
  EXPECT_EQ(Host().carried({own_second, own}, PathEnd::kComesBack).ids(), "config.loop error");
  EXPECT_EQ(Host().carried({{kOwn, "wg0", {}}}, PathEnd::kNoPeer).ids(), "config.loop error");
  EXPECT_EQ(Host().carried({own_second}, PathEnd::kLeaves).ids(), "") << "by another peer of it";
  EXPECT_EQ(Host().carried({other}, PathEnd::kLeaves).ids(), "") << "nested";
  EXPECT_EQ(Host().carried({other, own}, PathEnd::kComesBack).ids(), "config.mutual_loop error");
  EXPECT_EQ(Host().carried({other, other}, PathEnd::kComesBack).ids(), "config.loop error");
  EXPECT_EQ(Host().carried({{7, "wg1", {}}}, PathEnd::kNoPeer).ids(), "tx.no_peer error");
  EXPECT_EQ(Host().carried({other}, PathEnd::kUnknown).ids(), "");
  Host away = Host().carried({own}, PathEnd::kNoPeer);
  away.socket_away = true;
  EXPECT_EQ(away.ids(), "tx.no_peer error") << "an interface of the same number elsewhere";
}

TEST(OuterRules, TwoTunnelsThatCatchEachOther) {
  Host host = Host().carried({{7, "wg1", key(3)}, {kOwn, "wg0", key(1)}}, wg::PathEnd::kComesBack);
  EXPECT_NE(host.first().message.find("into wg1, and those of wg1 into wg0"), std::string::npos);
  EXPECT_EQ(host.first().command, "ip route get 192.0.2.7") << "without a mark no rule knows them";
  host.device.fwmark = 51820;
  EXPECT_EQ(host.first().command, "ip rule add pref 100 fwmark 51820 table main");
  host.endpoints[0].endpoint.address.version = 6;
  EXPECT_EQ(host.first().command, "ip -6 rule add pref 100 fwmark 51820 table main");
}

TEST(OuterRules, Mtu) {
  Host host;
  host.mtu = 1440;
  EXPECT_EQ(host.ids(), "") << "1440 + 60 fits 1500";
  host.mtu = 1441;
  EXPECT_EQ(host.ids(), "mtu.fragmenting warning");
  host.mtu = 1420;
  host.outside().route.mtu = 1400;  // learnt from the path
  EXPECT_EQ(host.ids(), "mtu.fragmenting warning");
  EXPECT_EQ(check_host(host).findings[0].command, "ip link set wg0 mtu 1340");
}

TEST(OuterRules, Names) {
  Host host;
  host.endpoints[0].name = "vpn.example";
  host.endpoints[0].resolve_error = "Name or service not known";
  EXPECT_EQ(host.ids(), "endpoint.unknown_name info");
  host.endpoints[0].resolved = {v4(8).address, v4(7).address};
  EXPECT_EQ(host.ids(), "");
  host.endpoints[0].resolved = {v4(8).address};
  EXPECT_EQ(host.ids(), "endpoint.stale_name warning");
  host.endpoints[0].active = true;
  EXPECT_EQ(host.ids(), "") << "it works";
  host.endpoints[0].active = false;
  EXPECT_NE(check_host(host).findings[0].command->find("endpoint vpn.example:51820"),
            std::string::npos);
}

TEST(OuterRules, ADeadNameServerIsOneLine) {
  Host host;
  host.endpoints[0].name = "one.example";
  host.endpoints[0].no_name_server = true;
  EXPECT_EQ(host.ids(), "endpoint.unknown_name info");
  EXPECT_EQ(host.first().message,
            "No name server answered within a second what one.example stands for");
  host.endpoints.push_back(host.endpoints[0]);
  host.endpoints[1].name = "two.example";
  EXPECT_EQ(host.ids(), "endpoint.unknown_name info");
}

}  // namespace
}  // namespace wgt::health
