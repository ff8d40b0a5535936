// SPDX-License-Identifier: GPL-2.0-only
// Rules of `check`: the interface itself, and the settings of the host.
#include <algorithm>

#include "plugin/health/host_rule.h"

namespace wgt::health {
namespace {

int setting(const HostFacts& facts, const std::string& name, int unknown) {
  const auto found = facts.settings.find(name);
  return found == facts.settings.end() ? unknown : found->second;
}

bool port_taken(const HostFacts& facts) {
  return !facts.up && ((facts.port_rival && facts.port_rival->up) || facts.port_of_program);
}

HostMatches down(const HostFacts& facts) {
  if (facts.up || port_taken(facts)) return {};
  return {{}};
}

HostMatches rival_is_up(const HostFacts& facts) {
  if (facts.up || !facts.port_rival || !facts.port_rival->up) return {};
  return {{{{"port", facts.device.listen_port}, {"other", facts.port_rival->interface}}}};
}

HostMatches rival_is_down(const HostFacts& facts) {
  if (!facts.up || !facts.port_rival || facts.port_rival->up) return {};
  return {{{{"port", facts.device.listen_port}, {"other", facts.port_rival->interface}}}};
}

HostMatches program_has_port(const HostFacts& facts) {
  if (facts.up || !facts.port_of_program || (facts.port_rival && facts.port_rival->up)) return {};
  return {{{{"port", facts.device.listen_port}}}};
}

HostMatches socket_unknown(const HostFacts& facts) {
  if (facts.socket_found) return {};
  return {{}};
}

// Answers come unmarked from where only marked packets may go: strict rp_filter drops them, unless
// the mark counts (wg-quick sets src_valid_mark).
HostMatches rp_filter(const HostFacts& facts) {
  if (facts.device.fwmark == 0 || facts.socket_away) return {};
  const bool everything = std::ranges::any_of(facts.device.peers, [](const wg::Peer& peer) {
    return std::ranges::any_of(peer.allowed_ips, [](const IpPrefix& p) { return p.length == 0; });
  });
  if (!everything) return {};
  for (const EndpointFacts& e : facts.endpoints) {
    const std::string& by = e.path.way.interface;
    if (e.endpoint.address.version != 4 || by.empty()) continue;
    const int filter = std::max(setting(facts, "net.ipv4.conf.all.rp_filter", 0),
                                setting(facts, "net.ipv4.conf." + by + ".rp_filter", 0));
    if (filter != 1 || setting(facts, "net.ipv4.conf.all.src_valid_mark", 1) != 0) continue;
    return {{{{"interface", by}, {"rp_filter", 1}, {"src_valid_mark", 0}}}};
  }
  return {};
}

HostMatches forwarding_off(const HostFacts& facts) {
  HostMatches matches;
  for (const auto& [of, name] :
       {std::pair(4, "net.ipv4.ip_forward"), std::pair(6, "net.ipv6.conf.all.forwarding")}) {
    const int version = of;
    const bool used = std::ranges::any_of(
        facts.routes, [&](const AllowedRoute& r) { return r.prefix.address.version == version; });
    if (!used || setting(facts, name, 1) != 0) continue;
    matches.push_back(
        {{{name, 0}},
         {{"version", std::to_string(version)}, {"setting", std::string(name) + "=1"}}});
  }
  return matches;
}

// Rules can ask for anything of a packet: only one that comes proves what they do with it.
HostMatches firewall(const HostFacts& facts) {
  if (facts.device.listen_port == 0) return {};
  return {{{{"port", facts.device.listen_port}}}};
}

constexpr HostRule kHostRules[] = {
    {"host.interface_down", kError, down, "{iface} is down, so nothing goes through it",
     "Bring it up.", "ip link set {dev} up"},
    {"config.port_taken", kError, rival_is_up,
     "{iface} is down and cannot come up: {other} has its port {port}",
     "Give one of the two another port, then bring {iface} up.", "wg set {dev} listen-port PORT"},
    {"config.port_taken", kError, program_has_port,
     "{iface} is down and cannot come up: a program of this host has UDP port {port}",
     "See which it is.", "ss -lunp sport = {port}", RunIn::kSocket},
    {"config.port_taken", kInfo, rival_is_down,
     "{other} is to have the same port {port} as {iface}, so it cannot come up", nullptr, nullptr},
    {"host.socket_unknown", kInfo, socket_unknown,
     "The socket of {iface} is in the network namespace that {iface} was made in, and which that "
     "is cannot be told: the way of its encrypted packets was not looked at",
     "The kernel tells it of an interface that is traced; then ask again.", "wg-trace up {dev}"},
    {"host.rp_filter", kError, rp_filter,
     "Strict rp_filter on {interface} drops the answers of the peers: by their unmarked route they "
     "would have to come from {iface}",
     "Let the mark count, and mark answers as wg-quick does; or set rp_filter to 2.",
     "sysctl -w net.ipv4.conf.all.src_valid_mark=1", RunIn::kSocket},
    {"host.forwarding_off", kInfo, forwarding_off,
     "This host does not forward IPv{version}: peers reach it, but nothing behind it",
     "If it is meant to forward, turn it on.", "sysctl -w {setting}"},
    {"host.firewall", kInfo, firewall,
     "{?netns}Whether this host's firewall lets UDP port {port} in cannot be known before a packet "
     "comes",
     "After `ip netns exec {netns} wg-trace up {dev}`, `wg-trace health` tells when it drops one. "
     "Its rules:",
     "nft list ruleset", RunIn::kSocket},
    {"host.firewall", kInfo, firewall,
     "Whether this host's firewall lets UDP port {port} in cannot be known before a packet comes",
     "{?here}After `wg-trace up {dev}`, `wg-trace health` tells when it drops one. Its rules:",
     "nft list ruleset", RunIn::kSocket},
};

}  // namespace

std::span<const HostRule> host_rules() { return kHostRules; }

}  // namespace wgt::health
