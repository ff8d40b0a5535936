// SPDX-License-Identifier: GPL-2.0-only
// Whether packets for the peers get into the tunnel: each rule fires, nearly fires, is silent.
#include <gtest/gtest.h>

#include "tests/plugin/health/host_builder.h"

namespace wgt::health {
namespace {

using test::Host;
using test::key;
using test::kOther;
using test::v4;

TEST(RouteRules, RouteElsewhere) {
  Host host;
  host.route().route.ifindex = kOther;
  host.route().interface = "eth0";
  EXPECT_EQ(host.ids(), "config.route_elsewhere warning");
  EXPECT_NE(check_host(host).findings[0].message.find("but to eth0"), std::string::npos);
  host.route().route.local = true;  // an address of this host's own
  EXPECT_EQ(host.ids(), "");
  host.route().route = {.error = ENETUNREACH};
  EXPECT_EQ(host.ids(), "config.route_elsewhere warning");
}

TEST(RouteRules, RouteElsewhereAdvisesNoLoop) {
  Host host;
  host.route().route.ifindex = kOther;
  host.route().interface = "eth0";
  EXPECT_EQ(host.first().command, "ip route add 10.0.0.0/24 dev wg0");
  host.routes[0].prefix = {.address = {.version = 4, .bytes = {192, 0, 2, 0}}, .length = 24};
  EXPECT_EQ(host.ids(), "config.route_elsewhere warning");
  EXPECT_EQ(host.first().command, std::nullopt) << "it has the endpoint";
  host.routes[0].prefix = {.address = {.version = 4}, .length = 0};
  EXPECT_EQ(host.first().command, std::nullopt);
  host.endpoints.clear();
  EXPECT_EQ(host.first().command, std::nullopt) << "endpoints can come";
  host.device.fwmark = 51820;
  EXPECT_EQ(host.first().command, "ip rule show");
  host.device.fwmark = 0;
  host.socket_away = true;
  EXPECT_EQ(host.first().command, "ip route add 0.0.0.0/0 dev wg0")
      << "its own packets go elsewhere";
}

TEST(RouteRules, RouteElsewhereAsTheFileHasIt) {
  Host host;
  host.route().route.ifindex = kOther;
  host.file = wg::QuickFile{.table = "off"};
  EXPECT_EQ(host.ids(), "config.route_elsewhere info");
}

TEST(RouteRules, RouteElsewhereInAVrf) {
  Host host;
  host.vrf = "red";
  host.route().route = {.error = ENETUNREACH};
  EXPECT_EQ(host.first().command, "ip route add 10.0.0.0/24 dev wg0 vrf red");
}

TEST(RouteRules, LinkLocalAndMulticastNeedNoRoute) {
  Host host;
  host.route().route.ifindex = kOther;
  host.routes[0].prefix = {.address = {.version = 6, .bytes = {0xfe, 0x80}}, .length = 10};
  EXPECT_EQ(host.ids(), "");
  host.routes[0].prefix = {.address = {.version = 4, .bytes = {224}}, .length = 4};
  EXPECT_EQ(host.ids(), "");
  host.routes[0].prefix = {.address = {.version = 6, .bytes = {0xfc}}, .length = 7};
  EXPECT_EQ(host.ids(), "config.route_elsewhere warning");
}

TEST(RouteRules, WithoutIpv6) {
  Host host;
  host.routes.push_back(
      {.peer = key(1), .prefix = {.address = {.version = 6, .bytes = {0xfd}}, .length = 64}});
  host.routes[1].way.route.error = EOPNOTSUPP;
  EXPECT_EQ(host.ids(), "host.protocol_off info");
  host.destination = host.routes[1].way;
  EXPECT_NE(host.first().message.find("which this host runs without"), std::string::npos);
  host.destination.reset();
  host.outside().route = {.error = EOPNOTSUPP};
  EXPECT_EQ(host.ids(), "tx.no_route error,host.protocol_off info");
}

TEST(RouteRules, Overlaps) {
  Host host;
  wg::Peer other;
  other.public_key = key(2);
  other.allowed_ips = {{.address = {.version = 4, .bytes = {10, 0, 0, 9}}, .length = 32}};
  host.device.peers.push_back(other);
  EXPECT_EQ(host.ids(), "config.allowed_ips_overlap info");
  host.device.peers[1].public_key = key(1);
  EXPECT_EQ(host.ids(), "") << "its own";
  host.device.peers[1].public_key = key(2);
  host.device.peers[1].allowed_ips[0].address.bytes[2] = 1;
  EXPECT_EQ(host.ids(), "");
}

TEST(RouteRules, Destination) {
  Host host;
  host.destination = host.route();
  EXPECT_EQ(host.ids(), "");
  host.destination->route.ifindex = kOther;
  host.destination->interface = "eth0";
  EXPECT_EQ(host.ids(), "config.route_elsewhere error");
  host.destination = host.route();
  host.destination->to = v4(1).address;
  EXPECT_EQ(host.ids(), "tx.no_peer error");
  host.destination = host.route();
  host.device.peers[0].endpoint.reset();
  EXPECT_EQ(host.ids(), "tx.no_endpoint error");
}

}  // namespace
}  // namespace wgt::health
