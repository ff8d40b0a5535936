// SPDX-License-Identifier: GPL-2.0-only
// Each line of what is not advised, and beside it the harmless twin that still is.
#include "plugin/explain/harm.h"

#include <gtest/gtest.h>

#include <ostream>

namespace wgt::explain {

void PrintTo(const std::optional<Harm>& harm, std::ostream* out) {
  *out << (harm ? static_cast<int>(*harm) : -1);
}

namespace {

IpAddress ip(const char* text) { return parse_ip(text).value(); }

struct Host {
  Host() {
    wg::Peer first;
    first.public_key.bytes[0] = 1;
    first.endpoint = Endpoint{.address = ip("192.0.2.1"), .port = 51820};
    first.allowed_ips = {{.address = ip("10.0.0.1"), .length = 32}};
    wg::Peer second;
    second.public_key.bytes[0] = 2;
    second.allowed_ips = {{.address = ip("10.0.0.2"), .length = 32}};
    device.name = "wg0";
    device.peers = {first, second};
    around.device = &device;
    around.own_addresses = {ip("10.0.0.9"), ip("198.51.100.1")};
    around.own_ranges = {{.address = ip("192.168.50.0"), .length = 24}};
    around.settings = {{"net.ipv4.conf.all.src_valid_mark", 1}, {"net.ipv4.ip_forward", 0}};
    around.up = true;
  }
  std::string key(std::size_t i) const { return wg::to_base64(device.peers[i].public_key); }
  std::optional<Harm> allow(const std::string& list) const {
    return harm_of("wg set wg0 peer " + key(0) + " allowed-ips " + list, around);
  }
  wg::Device device;
  Surroundings around;
};

TEST(Harm, AllowingAnEndpoint) {
  Host host;
  EXPECT_EQ(host.allow("10.0.0.1/32,192.0.2.1/32"), Harm::kAllowsEndpoint);
  EXPECT_EQ(host.allow("10.0.0.1/32,192.0.0.0/16"), Harm::kAllowsEndpoint);
  EXPECT_EQ(host.allow("10.0.0.1/32,192.0.3.1/32"), std::nullopt);
  host.device.fwmark = 51820;  // its own packets are routed by another table
  EXPECT_EQ(host.allow("10.0.0.1/32,0.0.0.0/0"), std::nullopt);
}

TEST(Harm, AllowingAnOwnAddress) {
  Host host;
  EXPECT_EQ(host.allow("10.0.0.1/32,10.0.0.9/32"), Harm::kAllowsOwnAddress);
  EXPECT_EQ(host.allow("10.0.0.1/32,10.0.0.8/32"), std::nullopt);
}

TEST(Harm, AllowingAnOwnRoutesRange) {
  Host host;
  EXPECT_EQ(host.allow("10.0.0.1/32,192.168.50.7/32"), Harm::kAllowsOwnRange);
  EXPECT_EQ(host.allow("10.0.0.1/32,192.168.0.0/16"), Harm::kAllowsOwnRange);
  EXPECT_EQ(host.allow("10.0.0.1/32,192.168.51.7/32"), std::nullopt);
}

TEST(Harm, TakingAnotherPeersRange) {
  Host host;
  EXPECT_EQ(host.allow("10.0.0.1/32,10.0.0.2/32"), Harm::kTakesFromPeer);
  EXPECT_EQ(host.allow("10.0.0.1/32,10.0.0.3/32"), std::nullopt);
  // A narrower range of another peer's wide one takes nothing but what is meant.
  host.device.peers[1].allowed_ips = {{.address = ip("10.0.0.0"), .length = 24}};
  EXPECT_EQ(host.allow("10.0.0.1/32,10.0.0.3/32"), std::nullopt);
}

TEST(Harm, ADefaultRouteIntoTheTunnelWithoutAMark) {
  Host host;
  EXPECT_EQ(harm_of("ip route add 0.0.0.0/0 dev wg0", host.around), Harm::kCatchesEverything);
  EXPECT_EQ(harm_of("ip route add ::/0 dev wg0", host.around), Harm::kCatchesEverything);
  EXPECT_EQ(harm_of("ip route add 192.0.2.0/24 dev wg0", host.around), Harm::kAllowsEndpoint);
  EXPECT_EQ(harm_of("ip route add 10.0.0.0/24 dev wg0", host.around), std::nullopt);
  EXPECT_EQ(harm_of("ip route add 0.0.0.0/0 dev eth0", host.around), std::nullopt);
  host.device.fwmark = 51820;
  EXPECT_EQ(harm_of("ip route add 0.0.0.0/0 dev wg0", host.around), std::nullopt);
}

TEST(Harm, WhatIsSetAlready) {
  Host host;
  EXPECT_EQ(host.allow("10.0.0.1/32"), Harm::kIsSet);
  EXPECT_EQ(harm_of("sysctl -w net.ipv4.conf.all.src_valid_mark=1", host.around), Harm::kIsSet);
  EXPECT_EQ(harm_of("sysctl -w net/ipv4/conf/all/src_valid_mark=1", host.around), Harm::kIsSet);
  EXPECT_EQ(harm_of("sysctl -w net.ipv4.ip_forward=1", host.around), std::nullopt);
  EXPECT_EQ(harm_of("sysctl -w net.ipv6.conf.all.forwarding=1", host.around), std::nullopt)
      << "not known";
  EXPECT_EQ(harm_of("ip link set wg0 up", host.around), Harm::kIsSet);
  host.around.up = false;
  EXPECT_EQ(harm_of("ip link set wg0 up", host.around), std::nullopt);
  EXPECT_EQ(harm_of("wg set wg0 peer " + host.key(0) + " endpoint 192.0.2.1:51820", host.around),
            Harm::kIsSet);
}

TEST(Harm, AChangeToAHealthyTunnel) {
  Host host;
  const std::string command = "wg set wg0 peer " + host.key(0) + " endpoint vpn.example:51820";
  EXPECT_EQ(harm_of(command, host.around), std::nullopt);
  host.around.healthy_peers = {host.device.peers[0].public_key};
  EXPECT_EQ(harm_of(command, host.around), Harm::kIsHealthy);
}

TEST(Harm, ReadsWordsAsTheShellDoes) {
  Host host;
  host.device.name = "wg;x";
  EXPECT_EQ(harm_of("ip route add 0.0.0.0/0 dev 'wg;x'", host.around), Harm::kCatchesEverything);
}

TEST(Harm, WhatIsNotKnownIsNotJudged) {
  EXPECT_EQ(harm_of("ip route add 0.0.0.0/0 dev wg0", {}), std::nullopt);
  EXPECT_EQ(harm_of("wg set wg0 peer KEY allowed-ips 192.0.2.1/32", {}), std::nullopt);
  EXPECT_EQ(harm_of("", {}), std::nullopt);
}

}  // namespace
}  // namespace wgt::explain
