// SPDX-License-Identifier: GPL-2.0-only
// Rules of `check`. Each looks at one thing and adds findings, or a line about what is fine.
#include <string.h>  // strerrordesc_np, which <cstring> does not promise

#include <algorithm>

#include "plugin/health/host_facts.h"
#include "plugin/health/rule.h"
#include "wgtools/base/shell.h"

namespace wgt::health {
namespace {

using Check = void (*)(const HostFacts&, CheckReport&);

// Run where the user is, and the interface may be in another namespace.
std::optional<std::string> command(const HostFacts& facts, std::string_view pattern,
                                   std::initializer_list<std::string_view> values = {}) {
  auto text = shell_command(pattern, values);
  if (!text || facts.own_netns) return text;
  return facts.netns ? in_netns(*text, *facts.netns) : std::nullopt;
}

// As WireGuard's own packets are routed.
std::optional<std::string> route_get(const HostFacts& facts, const std::string& address) {
  if (facts.device.fwmark == 0) return command(facts, "ip route get {}", {address});
  return command(facts, "ip route get {} mark {}", {address, std::to_string(facts.device.fwmark)});
}

void is_up(const HostFacts& facts, CheckReport& report) {
  if (facts.up) return;
  report.findings.push_back({"host.interface_down",
                             kError,
                             facts.interface + " is down, so nothing goes through it",
                             {},
                             "Bring it up.",
                             command(facts, "ip link set {} up", {facts.interface})});
}

// Packets for a peer have to be routed into the interface first.
void routes(const HostFacts& facts, CheckReport& report) {
  std::size_t good = 0;
  for (const AllowedRoute& r : facts.routes) {
    if (r.way.route.local || r.way.route.ifindex == facts.ifindex) {
      good++;
      continue;
    }
    const std::string to = to_string(r.way.to);
    Evidence evidence{
        {"allowed_ips", to_string(r.prefix)}, {"peer", wg::to_base64(r.peer)}, {"asked", to}};
    std::string where = "is not routed to " + facts.interface;
    if (r.way.route.error != 0) {
      where += std::string(", and nowhere else: ") + strerrordesc_np(r.way.route.error);
    } else {
      where += " but to " + r.way.interface;
      evidence.emplace_back("interface", r.way.interface);
    }
    report.findings.push_back(
        {"config.route_elsewhere", kWarning,
         to_string(r.prefix) + " of peer " + wg::short_form(r.peer) + " " + where,
         std::move(evidence), "Nothing, if that is meant (Table = off). Otherwise add the route.",
         command(facts, "ip route add {} dev {}", {to_string(r.prefix), facts.interface})});
  }
  if (good != 0)
    report.fine.push_back(std::to_string(good) + " of the AllowedIPs are routed to " +
                          facts.interface);
}

// The encrypted packets must not come back into the tunnel.
void endpoints(const HostFacts& facts, CheckReport& report) {
  std::size_t good = 0;
  for (const EndpointFacts& e : facts.endpoints) {
    const std::string address = to_string(e.endpoint.address);
    const Evidence evidence{{"peer", wg::to_base64(e.peer)},
                            {"endpoint", to_string(e.endpoint)},
                            {"interface", e.way.interface}};
    if (e.way.route.error != 0) {
      report.findings.push_back(
          {"tx.no_route", kError,
           "There is no route to " + to_string(e.endpoint) + " of peer " + wg::short_form(e.peer) +
               ": " + strerrordesc_np(e.way.route.error),
           evidence, "See which routes there are.", route_get(facts, address)});
    } else if (e.way.route.ifindex == facts.ifindex) {
      report.findings.push_back({"config.loop", kError,
                                 "Encrypted packets to " + to_string(e.endpoint) + " of peer " +
                                     wg::short_form(e.peer) + " are routed into " +
                                     facts.interface + " again",
                                 evidence,
                                 "Keep the endpoint out of the tunnel, with a route of its own or "
                                 "with a mark and a rule, "
                                 "as wg-quick makes them; see its route now.",
                                 route_get(facts, address)});
    } else {
      good++;
    }
  }
  if (good != 0)
    report.fine.push_back(std::to_string(good) + " endpoints are reached outside the tunnel");
}

// receive.c: 32 bytes of WireGuard, 8 of UDP, and the IP header.
std::uint32_t overhead(const IpAddress& endpoint) { return endpoint.version == 4 ? 60 : 80; }

void sizes(const HostFacts& facts, CheckReport& report) {
  for (const EndpointFacts& e : facts.endpoints) {
    const std::uint32_t path = e.way.route.mtu != 0 ? e.way.route.mtu : e.way.interface_mtu;
    if (path == 0 || e.way.route.ifindex == facts.ifindex) continue;
    const std::uint32_t fits = path - std::min(path, overhead(e.endpoint.address));
    if (facts.mtu <= fits) continue;
    report.findings.push_back(
        {"mtu.fragmenting",
         kWarning,
         "The MTU of " + facts.interface + " is " + std::to_string(facts.mtu) +
             ", but the way to " + to_string(e.endpoint) + " takes " + std::to_string(fits) +
             " at most inside the tunnel: full packets are sent in fragments",
         {{"mtu", facts.mtu}, {"path_mtu", path}, {"fits", fits}, {"interface", e.way.interface}},
         "Lower it.",
         command(facts, "ip link set {} mtu {}", {facts.interface, std::to_string(fits)})});
    return;  // one size for all
  }
  if (!facts.endpoints.empty())
    report.fine.push_back("full packets fit the first link (MTU " + std::to_string(facts.mtu) +
                          ")");
}

int setting(const HostFacts& facts, const std::string& name, int unknown) {
  const auto found = facts.settings.find(name);
  return found == facts.settings.end() ? unknown : found->second;
}

// Answers come unmarked from where only marked packets may go: strict rp_filter drops them, unless
// the mark counts (wg-quick sets src_valid_mark).
void rp_filter(const HostFacts& facts, CheckReport& report) {
  if (facts.device.fwmark == 0) return;
  const bool everything = std::ranges::any_of(facts.device.peers, [](const wg::Peer& peer) {
    return std::ranges::any_of(peer.allowed_ips, [](const IpPrefix& p) { return p.length == 0; });
  });
  if (!everything) return;
  for (const EndpointFacts& e : facts.endpoints) {
    if (e.endpoint.address.version != 4 || e.way.interface.empty()) continue;
    const int filter =
        std::max(setting(facts, "net.ipv4.conf.all.rp_filter", 0),
                 setting(facts, "net.ipv4.conf." + e.way.interface + ".rp_filter", 0));
    if (filter != 1 || setting(facts, "net.ipv4.conf.all.src_valid_mark", 1) != 0) continue;
    report.findings.push_back(
        {"host.rp_filter",
         kError,
         "Strict rp_filter on " + e.way.interface +
             " drops the answers of the peers: by their unmarked route they would have to come "
             "from " +
             facts.interface,
         {{"interface", e.way.interface}, {"rp_filter", 1}, {"src_valid_mark", 0}},
         "Let the mark count, and mark answers as wg-quick does; or set rp_filter to 2.",
         command(facts, "sysctl -w net.ipv4.conf.all.src_valid_mark=1")});
    return;
  }
}

void forwarding(const HostFacts& facts, CheckReport& report) {
  for (const auto& [of, name] :
       {std::pair(4, "net.ipv4.ip_forward"), std::pair(6, "net.ipv6.conf.all.forwarding")}) {
    const int version = of;
    const bool used = std::ranges::any_of(
        facts.routes, [&](const AllowedRoute& r) { return r.prefix.address.version == version; });
    if (!used || setting(facts, name, 1) != 0) continue;
    report.findings.push_back({"host.forwarding_off",
                               kInfo,
                               "This host does not forward IPv" + std::to_string(version) +
                                   ": peers reach it, but nothing behind it",
                               {{name, 0}},
                               "If it is meant to forward, turn it on.",
                               command(facts, "sysctl -w {}=1", {name})});
  }
}

void names(const HostFacts& facts, CheckReport& report) {
  for (const EndpointFacts& e : facts.endpoints) {
    if (e.name.empty()) continue;
    if (e.resolved.empty()) {
      report.findings.push_back({"endpoint.unknown_name",
                                 kInfo,
                                 e.name + " could not be resolved: " + e.resolve_error,
                                 {{"name", e.name}}});
      continue;
    }
    if (std::ranges::find(e.resolved, e.endpoint.address) != e.resolved.end()) {
      report.fine.push_back(e.name + " is " + to_string(e.endpoint.address));
      continue;
    }
    const std::string now = to_string(e.resolved.front());
    report.findings.push_back(
        {"endpoint.stale_name",
         kWarning,
         "The endpoint of peer " + wg::short_form(e.peer) + " is " + to_string(e.endpoint.address) +
             ", but " + e.name + " of the wg-quick file is " + now + " now",
         {{"name", e.name}, {"endpoint", to_string(e.endpoint)}, {"now", now}},
         "The kernel asks no name server: set it again.",
         command(facts, "wg set {} peer {} endpoint {}",
                 {facts.interface, wg::to_base64(e.peer),
                  e.name + ":" + std::to_string(e.endpoint.port)})});
  }
}

// The longest prefix wins, so the wider one does not get what the narrower has.
void overlaps(const HostFacts& facts, CheckReport& report) {
  struct Entry {
    IpPrefix prefix;
    wg::PublicKey peer;
  };
  std::vector<Entry> all;
  for (const wg::Peer& peer : facts.device.peers)
    for (const IpPrefix& prefix : peer.allowed_ips) all.push_back({prefix, peer.public_key});
  std::sort(all.begin(), all.end(),
            [](const Entry& a, const Entry& b) { return a.prefix < b.prefix; });
  std::vector<const Entry*> wider;
  std::size_t found = 0;
  const Entry* first_wider = nullptr;
  const Entry* first = nullptr;
  for (const Entry& entry : all) {
    while (!wider.empty() && !contains(wider.back()->prefix, entry.prefix.address))
      wider.pop_back();
    if (!wider.empty() && wider.back()->peer != entry.peer && wider.back()->prefix.length != 0 &&
        found++ == 0) {
      first_wider = wider.back();
      first = &entry;
    }
    wider.push_back(&entry);
  }
  if (found == 0) return;
  report.findings.push_back({"config.allowed_ips_overlap",
                             kInfo,
                             to_string(first->prefix) + " of peer " + wg::short_form(first->peer) +
                                 " is a part of " + to_string(first_wider->prefix) + " of peer " +
                                 wg::short_form(first_wider->peer) +
                                 ", which does not get what is sent there",
                             {{"overlaps", number(found)}}});
}

void destination(const HostFacts& facts, CheckReport& report) {
  if (!facts.destination) return;
  const Way& way = *facts.destination;
  const std::string to = to_string(way.to);
  if (way.route.error != 0 || way.route.ifindex != facts.ifindex) {
    const std::string where =
        way.route.local ? "is this host itself"
        : way.route.error != 0
            ? "is not routed anywhere: " + std::string(strerrordesc_np(way.route.error))
            : "is not routed to " + facts.interface + " but to " + way.interface;
    report.findings.push_back({"config.route_elsewhere",
                               kError,
                               to + " " + where + ", so nothing for it enters the tunnel",
                               {{"destination", to}, {"interface", way.interface}},
                               "See which route it has.",
                               command(facts, "ip route get {}", {to})});
  }
  const wg::Peer* owner = nullptr;
  int longest = -1;
  for (const wg::Peer& peer : facts.device.peers)
    for (const IpPrefix& prefix : peer.allowed_ips)
      if (contains(prefix, way.to) && prefix.length > longest) {
        owner = &peer;
        longest = prefix.length;
      }
  if (!owner) {
    report.findings.push_back({"tx.no_peer",
                               kError,
                               to + " is in no peer's AllowedIPs, so WireGuard refuses it",
                               {{"destination", to}},
                               "Add it to the AllowedIPs of the peer that it lives behind.",
                               command(facts, "wg show {} allowed-ips", {facts.interface})});
  } else if (!owner->endpoint) {
    report.findings.push_back({"tx.no_endpoint",
                               kError,
                               "Peer " + wg::short_form(owner->public_key) + ", which " + to +
                                   " lives behind, has no endpoint",
                               {{"destination", to}, {"peer", wg::to_base64(owner->public_key)}},
                               "Wait for the peer to speak first, or set its address.",
                               command(facts, "wg set {} peer {} endpoint HOST:PORT",
                                       {facts.interface, wg::to_base64(owner->public_key)})});
  } else {
    report.fine.push_back(to + " is sent to peer " + wg::short_form(owner->public_key) + " at " +
                          to_string(*owner->endpoint));
  }
}

// Rules can ask for anything of a packet: only one that comes proves what they do with it.
void firewall(const HostFacts& facts, CheckReport& report) {
  if (facts.device.listen_port == 0) return;
  const std::string port = std::to_string(facts.device.listen_port);
  const auto up = command(facts, "wg-trace up {}", {facts.interface});
  report.findings.push_back({"host.firewall",
                             kInfo,
                             "Whether this host's firewall lets UDP port " + port +
                                 " in cannot be known before a packet comes",
                             {{"port", facts.device.listen_port}},
                             up ? "After `" + *up +
                                      "`, `wg-trace health` tells when it drops one. "
                                      "Its rules:"
                                : "Its rules:",
                             command(facts, "nft list ruleset")});
}

constexpr Check kChecks[] = {is_up,     destination, routes,   endpoints,  sizes,
                             rp_filter, names,       overlaps, forwarding, firewall};

}  // namespace

IpAddress inside(const IpPrefix& prefix) {
  IpAddress address = prefix.address;
  const std::size_t last = address.version == 4 ? 3 : 15;
  if (prefix.length + 1U < (last + 1) * 8) address.bytes[last] |= 1U;
  // 0.0.0.1 and ::1 are this host.
  if (prefix.length == 0 && address.version == 4) address.bytes[0] = 1;
  if (prefix.length == 0 && address.version == 6) address.bytes[0] = 0x20;
  return address;
}

CheckReport check_host(const HostFacts& facts) {
  CheckReport report{.interface = facts.interface, .netns = facts.netns};
  for (const Check check : kChecks) check(facts, report);
  report.findings.insert(report.findings.end(), facts.of_configuration.begin(),
                         facts.of_configuration.end());
  const explain::Surroundings around{
      .device = &facts.device, .settings = facts.settings, .up = facts.up};
  for (Finding& finding : report.findings) withhold_harm(finding, around);
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return report;
}

Severity worst(const CheckReport& report) {
  auto all = kInfo;
  for (const Finding& finding : report.findings) all = std::max(all, finding.severity);
  return all;
}

}  // namespace wgt::health
