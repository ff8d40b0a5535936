// SPDX-License-Identifier: GPL-2.0-only
// What `check` knows of a host around an interface: routes, sizes, settings, names. No traffic is
// needed to learn it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/health/report.h"
#include "wgtools/wg/device.h"
#include "wgtools/wg/route.h"

namespace wgt::health {

struct Way {
  IpAddress to = {};
  wg::Route route = {};
  std::string interface = {};       // of the route; empty: none
  std::uint32_t interface_mtu = 0;  // bytes
};

struct AllowedRoute {
  wg::PublicKey peer = {};
  IpPrefix prefix = {};
  Way way = {};  // to an address inside it
};

struct EndpointFacts {
  wg::PublicKey peer = {};
  Endpoint endpoint = {};
  Way way = {};                          // as WireGuard's own packets are routed: with its mark
  std::string name = {};                 // in the wg-quick file; empty: none, or an address
  std::vector<IpAddress> resolved = {};  // what the name stands for now
  std::string resolve_error = {};        // why it could not be asked
};

struct HostFacts {
  std::string interface = {};
  std::uint32_t ifindex = 0;
  std::uint32_t mtu = 0;  // bytes
  bool up = false;
  std::optional<std::string> netns = {};
  bool own_netns = true;
  wg::Device device = {};
  std::vector<AllowedRoute> routes = {};
  std::vector<EndpointFacts> endpoints = {};
  std::optional<Way> destination = {};         // that was asked for, as a program's packet goes
  std::map<std::string, int> settings = {};    // sysctl: "net.ipv4.ip_forward" -> 0
  std::vector<Finding> of_configuration = {};  // what build_report says without any traffic
};

struct CheckReport {
  std::string interface;
  std::optional<std::string> netns = {};
  std::vector<std::string> fine = {};  // what was looked at and is as it should be
  std::vector<Finding> findings = {};  // worst first
};

CheckReport check_host(const HostFacts& facts);

Severity worst(const CheckReport& report);

// An address to ask the route of a prefix with: inside it, and not its network address.
IpAddress inside(const IpPrefix& prefix);

}  // namespace wgt::health
