// SPDX-License-Identifier: GPL-2.0-only
// What `check` knows of a host around an interface: routes, sizes, settings, names, the wg-quick
// file. No traffic is needed to learn it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/health/place.h"
#include "plugin/health/report.h"
#include "wgtools/wg/device.h"
#include "wgtools/wg/outer_path.h"
#include "wgtools/wg/quick_file.h"

namespace wgt::health {

struct AllowedRoute {
  wg::PublicKey peer = {};
  IpPrefix prefix = {};
  wg::Way way = {};  // to an address inside it, as a program's packet goes
};

struct EndpointFacts {
  wg::PublicKey peer = {};
  Endpoint endpoint = {};
  std::string scope = {};  // the interface of a link-local endpoint; empty: none
  bool active = false;     // a handshake of late: it is the right address
  wg::OuterPath path = {};
  std::string name = {};                 // in the wg-quick file; empty: none, or an address
  std::vector<IpAddress> resolved = {};  // what the name stands for now
  std::string resolve_error = {};        // why it is not known
  bool no_name_server = false;           // because none answered in time
};

// Another interface of WireGuard's with the same port for its socket.
struct PortRival {
  std::string interface = {};
  bool up = false;
};

struct HostFacts {
  std::string interface = {};
  std::uint32_t ifindex = 0;
  std::uint32_t mtu = 0;  // bytes
  bool up = false;
  std::optional<std::string> netns = {};
  Place place = {};          // of the interface
  Place socket = {};         // of its socket
  bool socket_away = false;  // in another namespace than the interface
  bool socket_found = true;
  std::string vrf = {};  // that it belongs to; empty: none
  wg::Device device = {};
  std::vector<AllowedRoute> routes = {};
  std::vector<EndpointFacts> endpoints = {};  // none unless socket_found
  std::optional<wg::Way> destination = {};    // that was asked for, as a program's packet goes
  std::optional<PortRival> port_rival = {};
  bool port_of_program = false;              // a program has the port that it is to have
  std::map<std::string, int> settings = {};  // sysctl: "net.ipv4.ip_forward" -> 0
  std::optional<wg::QuickFile> file = {};
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
