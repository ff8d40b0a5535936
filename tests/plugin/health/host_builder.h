// SPDX-License-Identifier: GPL-2.0-only
// Facts of a host around one interface with one peer, as tests of rules change them.
#pragma once

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "plugin/health/host_facts.h"
#include "tests/plugin/health/facts_builder.h"

namespace wgt::health::test {

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
    end.path.way.route.ifindex = kOther;
    end.path.way.interface = "eth0";
    end.path.way.interface_mtu = 1500;
    endpoints = {end};
  }
  wg::Way& route() { return routes[0].way; }
  wg::Way& outside() { return endpoints[0].path.way; }
  // By way of these, and then so.
  Host& carried(std::vector<wg::Carrier> by, wg::PathEnd end) {
    outside().route.ifindex = by.front().ifindex;
    outside().interface = by.front().interface;
    outside().interface_mtu = 1500;
    endpoints[0].path.carriers = std::move(by);
    endpoints[0].path.end = end;
    return *this;
  }
  Host& elsewhere(const std::string& name) {
    place = socket = {.here = false, .netns = name};
    return *this;
  }
  Finding first() const { return check_host(*this).findings.at(0); }
  std::string ids() const { return test::ids(check_host(*this).findings); }
};

}  // namespace wgt::health::test
