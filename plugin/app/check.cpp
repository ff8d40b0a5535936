// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/check.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <span>

#include "plugin/source/kernel/clock.h"
#include "wgtools/base/netns.h"
#include "wgtools/wg/quick_file.h"
#include "wgtools/wg/route.h"

namespace wgt::app {

namespace {

// On a hub with thousands of AllowedIPs the first ones tell enough.
constexpr std::size_t kMostRoutes = 4096;

class Asker {
 public:
  explicit Asker(wg::NetlinkSocket socket) : socket_(std::move(socket)) {}

  Result<health::Way> way(const IpAddress& to, std::uint32_t mark) {
    health::Way way{.to = to};
    WGT_TRY(way.route, wg::find_route(socket_, to, mark));
    if (way.route.ifindex != 0) {
      auto known = links_.find(way.route.ifindex);
      if (known == links_.end()) {
        WGT_TRY(auto state, wg::link_state(way.route.ifindex));
        known = links_.emplace(way.route.ifindex, std::move(state)).first;
      }
      way.interface = known->second.name;
      way.interface_mtu = known->second.mtu;
    }
    return way;
  }

 private:
  wg::NetlinkSocket socket_;
  std::map<std::uint32_t, wg::LinkState> links_;
};

// Of the namespace that this thread is in. A setting that is not there is not known.
void read_setting(health::HostFacts& facts, const std::string& name, const std::string& path) {
  std::ifstream file("/proc/sys/net/" + path);
  int value = 0;
  if (file >> value) facts.settings[name] = value;
}

void resolve(health::EndpointFacts& endpoint, const std::string& name) {
  if (name.empty() || parse_ip(name)) return;
  endpoint.name = name;
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &found); error != 0) {
    endpoint.resolve_error = ::gai_strerror(error);
    return;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
    if (a->ai_family == AF_INET) {
      const auto* in = reinterpret_cast<const sockaddr_in*>(a->ai_addr);
      endpoint.resolved.push_back(make_ipv4(std::span<const std::uint8_t, 4>(
          reinterpret_cast<const std::uint8_t*>(&in->sin_addr), 4)));
    } else if (a->ai_family == AF_INET6) {
      const auto* in6 = reinterpret_cast<const sockaddr_in6*>(a->ai_addr);
      endpoint.resolved.push_back(
          make_ipv6(std::span<const std::uint8_t, 16>(in6->sin6_addr.s6_addr)));
    }
  }
}

// What the rules of health say without counters: keys, AllowedIPs, the file.
std::vector<health::Finding> of_configuration(const health::HostFacts& facts,
                                              const std::optional<wg::QuickFile>& file) {
  health::InterfaceFacts known;
  known.view.device = facts.device;
  known.view.device.peers.clear();
  known.view.netns = facts.netns;
  known.view.own_netns = facts.own_netns;
  known.clock = {.wall_ns = kernel::clock_ns(CLOCK_REALTIME),
                 .mono_ns = kernel::clock_ns(CLOCK_MONOTONIC)};
  known.since_wall_ns = known.clock.wall_ns;
  known.has_file = file.has_value();
  for (const wg::Peer& peer : facts.device.peers) {
    health::PeerFacts p;
    p.section.peer = peer;
    if (file)
      for (const wg::QuickPeer& in_file : file->peers)
        if (in_file.public_key == peer.public_key) {
          p.in_file = true;
          p.allowed_ips_in_file = in_file.allowed_ips;
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

}  // namespace

Result<health::CheckReport> check(const Interface& interface,
                                  const std::optional<IpAddress>& destination) {
  health::HostFacts facts;
  facts.device = interface.device;
  facts.interface = interface.device.name;
  facts.ifindex = interface.key.ifindex;
  facts.netns = netns_name(interface.key.netns);
  WGT_TRY(const UniqueFd own, open_current_netns());
  facts.own_netns = netns_inum(own) == interface.key.netns;
  std::optional<wg::QuickFile> file;
  // The file is the host's.
  if (facts.own_netns) {
    WGT_TRY(file, wg::read_quick_file(facts.interface));
  }

  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(interface.netns));
  WGT_TRY(const wg::LinkState link, wg::link_state(facts.ifindex));
  facts.mtu = link.mtu;
  facts.up = link.up;
  WGT_TRY(auto socket, wg::NetlinkSocket::open(NETLINK_ROUTE));
  Asker ask(std::move(socket));
  for (const wg::Peer& peer : facts.device.peers) {
    for (const IpPrefix& prefix : peer.allowed_ips) {
      if (facts.routes.size() >= kMostRoutes) break;
      health::AllowedRoute route{.peer = peer.public_key, .prefix = prefix};
      WGT_TRY(route.way, ask.way(health::inside(prefix), 0));
      facts.routes.push_back(std::move(route));
    }
    if (!peer.endpoint) continue;
    health::EndpointFacts endpoint{.peer = peer.public_key, .endpoint = *peer.endpoint};
    WGT_TRY(endpoint.way, ask.way(peer.endpoint->address, facts.device.fwmark));
    if (file)
      for (const wg::QuickPeer& in_file : file->peers)
        if (in_file.public_key == peer.public_key) resolve(endpoint, in_file.endpoint_host);
    read_setting(facts, "net.ipv4.conf." + endpoint.way.interface + ".rp_filter",
                 "ipv4/conf/" + endpoint.way.interface + "/rp_filter");
    facts.endpoints.push_back(std::move(endpoint));
  }
  if (destination) {
    WGT_TRY(facts.destination, ask.way(*destination, 0));
  }
  read_setting(facts, "net.ipv4.ip_forward", "ipv4/ip_forward");
  read_setting(facts, "net.ipv6.conf.all.forwarding", "ipv6/conf/all/forwarding");
  read_setting(facts, "net.ipv4.conf.all.rp_filter", "ipv4/conf/all/rp_filter");
  read_setting(facts, "net.ipv4.conf.all.src_valid_mark", "ipv4/conf/all/src_valid_mark");
  facts.of_configuration = of_configuration(facts, file);
  return health::check_host(facts);
}

}  // namespace wgt::app
