// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/check.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "plugin/app/socket_place.h"
#include "plugin/source/kernel/clock.h"
#include "wgtools/base/netns.h"
#include "wgtools/base/resolve.h"
#include "wgtools/base/time.h"
#include "wgtools/wg/device_dump.h"
#include "wgtools/wg/link_list.h"
#include "wgtools/wg/udp_ports.h"

namespace wgt::app {

namespace {

// On a hub with thousands of AllowedIPs the first ones tell enough.
constexpr std::size_t kMostRoutes = 4096;
constexpr std::size_t kMostRivals =
    64;  // interfaces of one namespace that are asked for their port
constexpr std::chrono::milliseconds kNamesWithin{1000};
constexpr std::int64_t kActiveSeconds = 180;  // REJECT_AFTER_TIME

// Of the namespace that this thread is in. A setting that is not there is not known.
void read_setting(health::HostFacts& facts, const std::string& name, const std::string& path) {
  std::ifstream file("/proc/sys/net/" + path);
  int value = 0;
  if (file >> value) facts.settings[name] = value;
}

// The last section of a key is the one that holds.
const wg::QuickPeer* in_file(const health::HostFacts& facts, const wg::PublicKey& key) {
  const wg::QuickPeer* found = nullptr;
  if (facts.file)
    for (const wg::QuickPeer& peer : facts.file->peers)
      if (peer.public_key == key) found = &peer;
  return found;
}

// What the rules of health say without counters: keys, AllowedIPs, the file.
std::vector<health::Finding> of_configuration(const health::HostFacts& facts) {
  health::InterfaceFacts known;
  known.view.device = facts.device;
  known.view.device.peers.clear();
  known.view.netns = facts.netns;
  known.view.own_netns = facts.place.here;
  known.clock = {.wall_ns = kernel::clock_ns(CLOCK_REALTIME),
                 .mono_ns = kernel::clock_ns(CLOCK_MONOTONIC)};
  known.since_wall_ns = known.clock.wall_ns;
  // One that is refused was not loaded, which is told.
  known.has_file = facts.file && facts.file->problems.empty();
  for (const wg::Peer& peer : facts.device.peers) {
    health::PeerFacts p;
    p.section.peer = peer;
    if (const wg::QuickPeer* section = in_file(facts, peer.public_key)) {
      p.in_file = true;
      p.allowed_ips_in_file = section->allowed_ips;
    }
    known.peers.push_back(std::move(p));
  }
  health::InterfaceReport report = health::build_report(std::move(known));
  std::vector<health::Finding> findings = std::move(report.findings);
  for (health::PeerReport& peer : report.peers)
    for (health::Finding& finding : peer.findings) {
      finding.message = "Peer " + wg::short_form(peer.peer.public_key) + ": " + finding.message;
      findings.push_back(std::move(finding));
    }
  return findings;
}

Result<void> add_routes(health::HostFacts& facts, wg::WayFinder& ways, std::uint32_t vrf,
                        const std::optional<IpAddress>& destination) {
  for (const wg::Peer& peer : facts.device.peers)
    for (const IpPrefix& prefix : peer.allowed_ips) {
      if (facts.routes.size() >= kMostRoutes) break;
      health::AllowedRoute route{.peer = peer.public_key, .prefix = prefix};
      WGT_TRY(route.way, ways.find({.to = health::inside(prefix), .by_ifindex = vrf}));
      facts.routes.push_back(std::move(route));
    }
  if (destination) {
    WGT_TRY(facts.destination, ways.find({.to = *destination, .by_ifindex = vrf}));
  }
  return {};
}

// In the socket's namespace, which this thread is in.
Result<void> add_endpoints(health::HostFacts& facts, wg::WayFinder& ways) {
  const std::int64_t now_s = kernel::clock_ns(CLOCK_REALTIME) / kNsPerSecond;
  const auto way = [&](const wg::RouteQuestion& question) { return ways.find(question); };
  std::map<std::uint32_t, Result<wg::Device>> carriers;
  const auto device = [&](std::uint32_t ifindex) -> const wg::Device* {
    auto known = carriers.find(ifindex);
    if (known == carriers.end()) known = carriers.emplace(ifindex, wg::get_device(ifindex)).first;
    return known->second ? &*known->second : nullptr;
  };
  for (const wg::Peer& peer : facts.device.peers) {
    if (!peer.endpoint) continue;
    health::EndpointFacts endpoint{.peer = peer.public_key, .endpoint = *peer.endpoint};
    endpoint.active =
        peer.last_handshake_unix_s != 0 && now_s - peer.last_handshake_unix_s < kActiveSeconds;
    WGT_TRY(endpoint.path, wg::follow_outer(facts.device, !facts.socket_away, peer, way, device));
    if (endpoint.endpoint.scope_id != 0)
      if (const auto link = ways.link(endpoint.endpoint.scope_id)) endpoint.scope = link->name;
    const std::string& by = endpoint.path.way.interface;
    read_setting(facts, "net.ipv4.conf." + by + ".rp_filter", "ipv4/conf/" + by + "/rp_filter");
    facts.endpoints.push_back(std::move(endpoint));
  }
  read_setting(facts, "net.ipv4.conf.all.rp_filter", "ipv4/conf/all/rp_filter");
  read_setting(facts, "net.ipv4.conf.all.src_valid_mark", "ipv4/conf/all/src_valid_mark");
  return {};
}

// Of the names in the wg-quick file, at once.
void add_names(health::HostFacts& facts) {
  std::vector<std::string> names;
  for (health::EndpointFacts& endpoint : facts.endpoints) {
    const wg::QuickPeer* section = in_file(facts, endpoint.peer);
    if (!section || section->endpoint_host.empty()) continue;
    // An address, perhaps with its scope.
    if (section->endpoint_host.find(':') != std::string::npos || parse_ip(section->endpoint_host))
      continue;
    endpoint.name = section->endpoint_host;
    if (std::ranges::find(names, endpoint.name) == names.end()) names.push_back(endpoint.name);
  }
  for (const Resolved& answer : resolve(names, kNamesWithin))
    for (health::EndpointFacts& endpoint : facts.endpoints) {
      if (endpoint.name != answer.name) continue;
      endpoint.resolved = answer.addresses;
      endpoint.resolve_error = answer.error;
      endpoint.no_name_server = answer.timed_out;
    }
}

// Who else is to have the port, in the socket's namespace, which this thread is in.
void add_rival(health::HostFacts& facts) {
  const std::uint16_t port = facts.device.listen_port;
  if (port == 0) return;
  const wg::PortUse use = wg::udp_port_use(port);
  facts.port_of_program = !facts.up && use.by_program;
  auto links = wg::list_devices();
  auto socket = wg::NetlinkSocket::open(NETLINK_ROUTE);
  if (!links || !socket) return;
  if (links->size() > kMostRivals) links->resize(kMostRivals);
  for (const wg::Link& link : *links) {
    if (!facts.socket_away && link.ifindex == facts.ifindex) continue;
    const auto device = wg::get_device(link.ifindex);
    const auto state = wg::link_state(*socket, link.ifindex);
    if (!device || !state || device->listen_port != port) continue;
    // A socket of its own may be elsewhere: only one that is here is in the way.
    if (facts.up ? !state->up : state->up && use.by_kernel)
      facts.port_rival = health::PortRival{link.name, state->up};
  }
}

}  // namespace

Result<health::CheckReport> check(const Interface& interface,
                                  const std::optional<IpAddress>& destination) {
  health::HostFacts facts;
  facts.device = interface.device;
  facts.interface = interface.device.name;
  facts.ifindex = interface.key.ifindex;
  facts.netns = netns_name(interface.key.netns);
  WGT_TRY(facts.place, place_of(interface.key.netns));
  // The file is the host's.
  if (facts.place.here) {
    WGT_TRY(facts.file, wg::read_quick_file(facts.interface));
  }
  WGT_TRY(auto ways, wg::WayFinder::open(interface.netns));
  WGT_TRY(const wg::LinkState link, ways.link(facts.ifindex));
  facts.mtu = link.mtu;
  facts.up = link.up;
  std::uint32_t vrf = 0;
  if (link.master != 0) {
    WGT_TRY(const wg::LinkState master, ways.link(link.master));
    if (master.kind == "vrf") {
      facts.vrf = master.name;
      vrf = link.master;
    }
  }
  WGT_TRY_VOID(add_routes(facts, ways, vrf, destination));
  {
    WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(interface.netns));
    read_setting(facts, "net.ipv4.ip_forward", "ipv4/ip_forward");
    read_setting(facts, "net.ipv6.conf.all.forwarding", "ipv6/conf/all/forwarding");
  }

  const auto socket =
      wg::find_socket(facts.device, facts.up, interface.netns, traced_socket(interface.key));
  facts.socket_found = socket.has_value();
  if (socket) {
    facts.socket_away = socket->netns.inum != interface.key.netns;
    WGT_TRY(facts.socket, place_of(socket->netns.inum));
    WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(socket->netns.fd));
    WGT_TRY(auto outer_ways, wg::WayFinder::open(socket->netns.fd));
    WGT_TRY_VOID(add_endpoints(facts, outer_ways));
    add_rival(facts);
  }
  add_names(facts);
  facts.of_configuration = of_configuration(facts);
  return health::check_host(facts);
}

}  // namespace wgt::app
