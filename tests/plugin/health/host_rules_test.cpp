// SPDX-License-Identifier: GPL-2.0-only
// What `check` says: each rule fires, nearly fires, and is silent without its facts.
#include <gtest/gtest.h>

#include <cerrno>

#include "plugin/health/host_facts.h"
#include "tests/plugin/health/facts_builder.h"

namespace wgt::health {
namespace {

using test::key;
using test::v4;

constexpr std::uint32_t kOwn = 5;
constexpr std::uint32_t kOther = 2;

struct Host : HostFacts {
  Host() {
    interface = "wg0";
    ifindex = kOwn;
    mtu = 1420;
    up = true;
    wg::Peer peer;
    peer.public_key = key(1);
    peer.endpoint = v4(7);
    peer.allowed_ips = {{.address = {.version = 4, .bytes = {10, 0, 0, 0}}, .length = 24}};
    device.peers = {peer};
    AllowedRoute route{.peer = key(1), .prefix = peer.allowed_ips[0]};
    route.way.to = inside(route.prefix);
    route.way.route.ifindex = kOwn;
    route.way.interface = "wg0";
    routes = {route};
    EndpointFacts end{.peer = key(1), .endpoint = v4(7)};
    end.way.route.ifindex = kOther;
    end.way.interface = "eth0";
    end.way.interface_mtu = 1500;
    endpoints = {end};
  }
  Way& route() { return routes[0].way; }
  Way& outside() { return endpoints[0].way; }
  std::string ids() const { return test::ids(check_host(*this).findings); }
};

TEST(CheckHost, AGoodOneHasNoFindingsButWhatIsFine) {
  const CheckReport report = check_host(Host());
  EXPECT_EQ(test::ids(report.findings), "");
  EXPECT_EQ(report.fine.size(), 3U);
}

TEST(CheckHost, WithoutFactsSaysNothing) {
  HostFacts none;
  none.up = true;
  EXPECT_TRUE(check_host(none).findings.empty());
  EXPECT_TRUE(check_host(none).fine.empty());
}

TEST(CheckHost, InterfaceDown) {
  Host host;
  host.up = false;
  EXPECT_EQ(host.ids(), "host.interface_down error");
}

TEST(CheckHost, RouteElsewhere) {
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

TEST(CheckHost, LoopAndNoRoute) {
  Host host;
  host.outside().route.ifindex = kOwn;
  EXPECT_EQ(host.ids(), "config.loop error");
  host.outside().route = {.error = ENETUNREACH};
  EXPECT_EQ(host.ids(), "tx.no_route error");
}

TEST(CheckHost, Mtu) {
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

TEST(CheckHost, RpFilterInAFullTunnel) {
  Host host;
  host.device.fwmark = 51820;
  host.device.peers[0].allowed_ips = {{.address = {.version = 4}, .length = 0}};
  host.settings = {{"net.ipv4.conf.all.rp_filter", 0},
                   {"net.ipv4.conf.eth0.rp_filter", 1},
                   {"net.ipv4.conf.all.src_valid_mark", 0}};
  EXPECT_EQ(host.ids(), "host.rp_filter error");
  host.settings["net.ipv4.conf.all.src_valid_mark"] = 1;
  EXPECT_EQ(host.ids(), "");
  host.settings["net.ipv4.conf.all.src_valid_mark"] = 0;
  host.settings["net.ipv4.conf.all.rp_filter"] = 2;
  EXPECT_EQ(host.ids(), "") << "loose";
  host.settings.clear();
  EXPECT_EQ(host.ids(), "") << "not known";
}

TEST(CheckHost, Names) {
  Host host;
  host.endpoints[0].name = "vpn.example";
  host.endpoints[0].resolve_error = "Name or service not known";
  EXPECT_EQ(host.ids(), "endpoint.unknown_name info");
  host.endpoints[0].resolved = {v4(8).address, v4(7).address};
  EXPECT_EQ(host.ids(), "");
  host.endpoints[0].resolved = {v4(8).address};
  EXPECT_EQ(host.ids(), "endpoint.stale_name warning");
  EXPECT_NE(check_host(host).findings[0].command->find("endpoint vpn.example:51820"),
            std::string::npos);
}

TEST(CheckHost, Overlaps) {
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

TEST(CheckHost, Forwarding) {
  Host host;
  host.settings = {{"net.ipv4.ip_forward", 0}, {"net.ipv6.conf.all.forwarding", 0}};
  EXPECT_EQ(host.ids(), "host.forwarding_off info") << "IPv6 is not used";
  host.settings["net.ipv4.ip_forward"] = 1;
  EXPECT_EQ(host.ids(), "");
}

TEST(CheckHost, Destination) {
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

TEST(CheckHost, SaysWhatItCannotKnow) {
  Host host;
  host.device.listen_port = 51820;
  EXPECT_EQ(host.ids(), "host.firewall info");
}

TEST(CheckHost, QuotesNamesInEveryCommand) {
  Host host;
  host.up = false;
  host.mtu = 1441;
  host.interface = "wg;x";
  host.device.listen_port = 51820;
  host.endpoints[0].name = "$(reboot)";
  host.endpoints[0].resolved = {v4(8).address};
  host.route().route = {.error = ENETUNREACH};
  host.own_netns = false;
  host.netns = "red one";
  std::size_t commands = 0;
  for (const Finding& finding : check_host(host).findings) {
    if (!finding.command) continue;
    commands++;
    EXPECT_TRUE(finding.command->starts_with("ip netns exec 'red one' ")) << *finding.command;
    if (finding.command->find("wg;x") != std::string::npos) {
      EXPECT_NE(finding.command->find("'wg;x'"), std::string::npos) << *finding.command;
    }
    if (finding.id == "endpoint.stale_name") {
      EXPECT_TRUE(finding.command->ends_with(" endpoint '$(reboot):51820'")) << *finding.command;
    }
    if (finding.id == "host.firewall") {
      EXPECT_NE(finding.advice->find("`ip netns exec 'red one' wg-trace up 'wg;x'`"),
                std::string::npos);
    }
  }
  EXPECT_EQ(commands, 5U);
}

TEST(CheckHost, NoCommandIsShownThatWouldActOnAnotherNamespace) {
  Host host;
  host.up = false;
  host.own_netns = false;  // and it has no name
  EXPECT_EQ(host.ids(), "host.interface_down error");
  EXPECT_EQ(check_host(host).findings[0].command, std::nullopt);
  host.netns = "-all";
  EXPECT_EQ(check_host(host).findings[0].command, std::nullopt);
}

TEST(Inside, IsNotTheNetworksOwnAddress) {
  EXPECT_EQ(to_string(inside({.address = {.version = 4, .bytes = {10, 0, 0, 0}}, .length = 8})),
            "10.0.0.1");
  EXPECT_EQ(to_string(inside({.address = {.version = 4, .bytes = {10, 0, 0, 4}}, .length = 32})),
            "10.0.0.4");
  EXPECT_EQ(to_string(inside({.address = {.version = 4}, .length = 0})), "1.0.0.1");
  EXPECT_EQ(to_string(inside({.address = {.version = 6}, .length = 0})), "2000::1");
}

}  // namespace
}  // namespace wgt::health
