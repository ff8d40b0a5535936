// SPDX-License-Identifier: GPL-2.0-only
// Rules of `check`: whether packets for the peers get into the tunnel, and to which peer.
#include <string.h>  // strerrordesc_np, which <cstring> does not promise

#include <algorithm>

#include "plugin/health/host_rule.h"

namespace wgt::health {
namespace {

// Of one link, or of many hosts: such packets are sent by an interface, not by a route.
bool needs_no_route(const IpPrefix& prefix) {
  const auto& b = prefix.address.bytes;
  if (prefix.address.version == 4) return prefix.length >= 4 && b[0] >> 4U == 14;
  return (prefix.length >= 10 && b[0] == 0xfe && (b[1] & 0xc0U) == 0x80) ||
         (prefix.length >= 8 && b[0] == 0xff);
}

bool goes_in(const HostFacts& facts, const wg::Way& way) {
  return way.route.local || (way.route.error == 0 && way.route.ifindex == facts.ifindex);
}

bool is_astray(const HostFacts& facts, const AllowedRoute& r) {
  return !goes_in(facts, r.way) && !without_protocol(r.way) && !needs_no_route(r.prefix);
}

// Whose encrypted packets a plain route for the prefix would take into the tunnel.
const EndpointFacts* caught_by(const HostFacts& facts, const IpPrefix& prefix) {
  for (const EndpointFacts& e : facts.endpoints)
    if (contains(prefix, e.endpoint.address)) return &e;
  return nullptr;
}

bool would_loop(const HostFacts& facts, const IpPrefix& prefix) {
  if (facts.socket_away || !facts.vrf.empty()) return false;
  return prefix.length == 0 || caught_by(facts, prefix) != nullptr;
}

bool by_the_file(const HostFacts& facts) {
  return facts.file && !facts.file->table.empty() && facts.file->table != "auto";
}

HostMatch astray(const HostFacts& facts, const AllowedRoute& r) {
  HostMatch match{{{"allowed_ips", to_string(r.prefix)},
                   {"peer", wg::to_base64(r.peer)},
                   {"asked", to_string(r.way.to)}},
                  peer_words(r.peer)};
  if (r.way.route.error != 0) {
    match.words["where"] = std::string(", and nowhere else: ") + strerrordesc_np(r.way.route.error);
  } else {
    match.words["where"] = " but to " + r.way.interface;
    match.evidence.emplace_back("interface", r.way.interface);
  }
  if (by_the_file(facts)) match.words["table"] = facts.file->table;
  return match;
}

template <bool kByTheFile, bool kWouldLoop>
HostMatches elsewhere(const HostFacts& facts) {
  HostMatches matches;
  if (by_the_file(facts) != kByTheFile) return matches;
  for (const AllowedRoute& r : facts.routes)
    if (is_astray(facts, r) && (kByTheFile || would_loop(facts, r.prefix) == kWouldLoop))
      matches.push_back(astray(facts, r));
  return matches;
}

HostMatches protocol_off(const HostFacts& facts) {
  const auto off = std::ranges::count_if(
      facts.routes, [](const AllowedRoute& r) { return without_protocol(r.way); });
  if (off == 0) return {};
  return {{{{"allowed_ips", number(static_cast<std::uint64_t>(off))}}}};
}

HostMatches destination_elsewhere(const HostFacts& facts) {
  if (!facts.destination) return {};
  const wg::Way& way = *facts.destination;
  if (way.route.error == 0 && way.route.ifindex == facts.ifindex) return {};
  const std::string to = to_string(way.to);
  const std::string where =
      way.route.local         ? "is this host itself"
      : without_protocol(way) ? "is IPv6, which this host runs without"
      : way.route.error != 0
          ? std::string("is not routed anywhere: ") + strerrordesc_np(way.route.error)
          : "is not routed to " + facts.interface + " but to " + way.interface;
  return {{{{"destination", to}, {"interface", way.interface}}, {{"where", where}}}};
}

// The longest prefix wins, so the wider one does not get what the narrower has.
HostMatches overlaps(const HostFacts& facts) {
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
  std::uint64_t found = 0;
  explain::Facts words;
  for (const Entry& entry : all) {
    while (!wider.empty() && !contains(wider.back()->prefix, entry.prefix.address))
      wider.pop_back();
    if (!wider.empty() && wider.back()->peer != entry.peer && wider.back()->prefix.length != 0 &&
        found++ == 0)
      words = {{"part", to_string(entry.prefix)},
               {"peer", wg::short_form(entry.peer)},
               {"whole", to_string(wider.back()->prefix)},
               {"other", wg::short_form(wider.back()->peer)}};
    wider.push_back(&entry);
  }
  if (found == 0) return {};
  return {{{{"overlaps", number(found)}}, words}};
}

HostMatches no_peer(const HostFacts& facts) {
  if (!facts.destination || wg::peer_for(facts.device, facts.destination->to)) return {};
  return {{{{"destination", to_string(facts.destination->to)}}}};
}

HostMatches no_endpoint(const HostFacts& facts) {
  const wg::Peer* owner =
      facts.destination ? wg::peer_for(facts.device, facts.destination->to) : nullptr;
  if (!owner || owner->endpoint) return {};
  return {{{{"destination", to_string(facts.destination->to)},
            {"peer", wg::to_base64(owner->public_key)}},
           peer_words(owner->public_key)}};
}

constexpr HostRule kRouteRules[] = {
    {"config.route_elsewhere", kError, destination_elsewhere,
     "{destination} {where}, so nothing for it enters the tunnel", "See which route it has.",
     "ip route get {destination} vrf {vrf}"},
    {"config.route_elsewhere", kError, destination_elsewhere,
     "{destination} {where}, so nothing for it enters the tunnel", "See which route it has.",
     "ip route get {destination}"},
    {"tx.no_peer", kError, no_peer,
     "{destination} is in no peer's AllowedIPs, so WireGuard refuses it",
     "Add it to the AllowedIPs of the peer that it lives behind.", "wg show {dev} allowed-ips"},
    {"tx.no_endpoint", kError, no_endpoint,
     "Peer {peer}, which {destination} lives behind, has no endpoint",
     "Wait for the peer to speak first, or set its address.",
     "wg set {dev} peer {key} endpoint HOST:PORT"},
    {"config.route_elsewhere", kWarning, elsewhere<false, false>,
     "{allowed_ips} of peer {peer} is not routed to {iface}{where}",
     "Nothing, if that is meant (Table = off). Otherwise add the route.",
     "ip route add {allowed_ips} dev {dev} vrf {vrf}"},
    {"config.route_elsewhere", kWarning, elsewhere<false, false>,
     "{allowed_ips} of peer {peer} is not routed to {iface}{where}",
     "Nothing, if that is meant (Table = off). Otherwise add the route.",
     "ip route add {allowed_ips} dev {dev}"},
    {"config.route_elsewhere", kWarning, elsewhere<false, true>,
     "{?fwmark}{allowed_ips} of peer {peer} is not routed to {iface}{where}",
     "Nothing, if that is meant (Table = off). Otherwise add the route to the table that a rule "
     "sends packets without the mark {fwmark} to, as wg-quick does: in another it would catch the "
     "encrypted packets. See the rules.",
     "ip rule show"},
    {"config.route_elsewhere", kWarning, elsewhere<false, true>,
     "{allowed_ips} of peer {peer} is not routed to {iface}{where}",
     "Nothing, if that is meant (Table = off). Otherwise give {iface} a mark, and a rule that "
     "sends packets without it to a table with this route, as wg-quick does: a plain route would "
     "catch the encrypted packets too.",
     nullptr},
    {"config.route_elsewhere", kInfo, elsewhere<true, false>,
     "{allowed_ips} of peer {peer} is not routed to {iface}{where}; the wg-quick file has Table = "
     "{table}",
     nullptr, nullptr},
    {"host.protocol_off", kInfo, protocol_off,
     "This host runs without IPv6, so {allowed_ips} of the AllowedIPs lead nowhere",
     "Start it without ipv6.disable=1, or leave them out.", nullptr},
    {"config.allowed_ips_overlap", kInfo, overlaps,
     "{part} of peer {peer} is a part of {whole} of peer {other}, which does not get what is sent "
     "there",
     nullptr, nullptr},
};

std::vector<explain::Facts> routed(const HostFacts& facts) {
  const auto good = std::ranges::count_if(
      facts.routes, [&](const AllowedRoute& r) { return goes_in(facts, r.way); });
  if (good == 0) return {};
  return {{{"good", std::to_string(good)}}};
}

std::vector<explain::Facts> sent_to(const HostFacts& facts) {
  const wg::Peer* owner =
      facts.destination ? wg::peer_for(facts.device, facts.destination->to) : nullptr;
  if (!owner || !owner->endpoint) return {};
  explain::Facts words = peer_words(owner->public_key);
  words["destination"] = to_string(facts.destination->to);
  words["endpoint"] = to_string(*owner->endpoint);
  return {words};
}

constexpr FineRow kRouteFine[] = {
    {sent_to, "{destination} is sent to peer {peer} at {endpoint}"},
    {routed, "{good} of the AllowedIPs are routed to {iface}"},
};

}  // namespace

std::span<const HostRule> route_rules() { return kRouteRules; }
std::span<const FineRow> route_fine() { return kRouteFine; }

}  // namespace wgt::health
