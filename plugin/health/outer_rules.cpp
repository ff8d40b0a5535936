// SPDX-License-Identifier: GPL-2.0-only
// Rules of `check`: the way of the encrypted packets, and where it leads to.
#include <string.h>  // strerrordesc_np, which <cstring> does not promise

#include <algorithm>

#include "plugin/health/host_rule.h"

namespace wgt::health {
namespace {

using wg::PathEnd;

// "192.0.2.1:51820", and of a link-local one "[fe80::b%eth0]:51820".
std::string shown(const EndpointFacts& e) {
  if (e.scope.empty()) return to_string(e.endpoint);
  return "[" + to_string(e.endpoint.address) + "%" + e.scope +
         "]:" + std::to_string(e.endpoint.port);
}

HostMatch about(const EndpointFacts& e) {
  HostMatch match{{{"peer", wg::to_base64(e.peer)},
                   {"endpoint", shown(e)},
                   {"interface", e.path.way.interface}},
                  peer_words(e.peer)};
  match.words["address"] = to_string(e.endpoint.address);
  match.words[e.endpoint.address.version == 6 ? "ipv6" : "ipv4"] = "";
  if (!e.scope.empty()) match.words["scope"] = e.scope;
  if (e.path.way.route.error != 0) match.words["why"] = strerrordesc_np(e.path.way.route.error);
  if (!e.path.carriers.empty()) {
    match.words["via"] = e.path.carriers.front().interface;
    match.words["last"] = e.path.carriers.back().interface;
  }
  return match;
}

enum class Outer : std::uint8_t {
  kLeaves,
  kOff,
  kNoRoute,
  kOwnLoop,
  kMutual,
  kTheirLoop,
  kNoPeer,
  kUnknown
};

bool only_own(const HostFacts& facts, const EndpointFacts& e) {
  return std::ranges::all_of(e.path.carriers, [&](const wg::Carrier& c) {
    return !facts.socket_away && c.ifindex == facts.ifindex;
  });
}

Outer outer_of(const HostFacts& facts, const EndpointFacts& e) {
  if (without_protocol(e.path.way)) return Outer::kOff;
  if (e.path.way.route.error != 0) return Outer::kNoRoute;
  switch (e.path.end) {
    case PathEnd::kLeaves:
      return Outer::kLeaves;
    case PathEnd::kUnknown:
      return Outer::kUnknown;
    case PathEnd::kNoPeer:
      return only_own(facts, e) ? Outer::kOwnLoop : Outer::kNoPeer;
    case PathEnd::kComesBack:
      break;
  }
  if (only_own(facts, e)) return Outer::kOwnLoop;
  const wg::Carrier& last = e.path.carriers.back();
  return !facts.socket_away && last.ifindex == facts.ifindex && last.peer == e.peer
             ? Outer::kMutual
             : Outer::kTheirLoop;
}

template <Outer kOuter>
HostMatches that(const HostFacts& facts) {
  HostMatches matches;
  for (const EndpointFacts& e : facts.endpoints)
    if (outer_of(facts, e) == kOuter) matches.push_back(about(e));
  return matches;
}

// receive.c: 32 bytes of WireGuard, 8 of UDP, and the IP header.
std::uint32_t overhead(const IpAddress& endpoint) { return endpoint.version == 4 ? 60 : 80; }

HostMatches too_large(const HostFacts& facts) {
  for (const EndpointFacts& e : facts.endpoints) {
    const wg::Way& way = e.path.way;
    const std::uint32_t path = way.route.mtu != 0 ? way.route.mtu : way.interface_mtu;
    const Outer outer = outer_of(facts, e);
    if (path == 0 || (outer != Outer::kLeaves && outer != Outer::kUnknown)) continue;
    const std::uint32_t fits = path - std::min(path, overhead(e.endpoint.address));
    if (facts.mtu <= fits) continue;
    // One size for all.
    return {{{{"mtu", facts.mtu}, {"path_mtu", path}, {"fits", fits}, {"interface", way.interface}},
             {{"endpoint", shown(e)}}}};
  }
  return {};
}

HostMatches no_name_server(const HostFacts& facts) {
  std::vector<std::string> names;
  for (const EndpointFacts& e : facts.endpoints)
    if (e.no_name_server && std::ranges::find(names, e.name) == names.end())
      names.push_back(e.name);
  if (names.empty()) return {};
  HostMatch match{{{"name", names.front()}, {"names", number(names.size())}}, {}};
  if (names.size() > 1) match.words["others"] = std::to_string(names.size() - 1);
  return {match};
}

HostMatches unknown_name(const HostFacts& facts) {
  HostMatches matches;
  for (const EndpointFacts& e : facts.endpoints)
    if (!e.name.empty() && !e.no_name_server && e.resolved.empty())
      matches.push_back({{{"name", e.name}}, {{"why", e.resolve_error}}});
  return matches;
}

// A name of several addresses need not be answered by the same one each time, and a peer may have
// moved: a tunnel that works is at the right one.
HostMatches stale_name(const HostFacts& facts) {
  HostMatches matches;
  for (const EndpointFacts& e : facts.endpoints) {
    if (e.resolved.empty() || e.active ||
        std::ranges::find(e.resolved, e.endpoint.address) != e.resolved.end())
      continue;
    HostMatch match{{{"name", e.name},
                     {"endpoint", to_string(e.endpoint)},
                     {"now", to_string(e.resolved.front())}},
                    peer_words(e.peer)};
    match.words["address"] = to_string(e.endpoint.address);
    match.words["name_port"] = e.name + ":" + std::to_string(e.endpoint.port);
    matches.push_back(std::move(match));
  }
  return matches;
}

constexpr HostRule kOuterRules[] = {
    {"tx.no_route", kError, that<Outer::kOff>,
     "Nothing can be sent to {endpoint} of peer {peer}: this host runs without IPv6",
     "Start it without ipv6.disable=1, or give the peer an IPv4 endpoint.", nullptr},
    {"tx.no_route", kError, that<Outer::kNoRoute>,
     "There is no route to {endpoint} of peer {peer}: {why}", "See which routes there are.",
     "ip route get {address} oif {scope}", RunIn::kSocket},
    {"tx.no_route", kError, that<Outer::kNoRoute>,
     "There is no route to {endpoint} of peer {peer}: {why}", "See which routes there are.",
     "ip route get {address} mark {fwmark}", RunIn::kSocket},
    {"tx.no_route", kError, that<Outer::kNoRoute>,
     "There is no route to {endpoint} of peer {peer}: {why}", "See which routes there are.",
     "ip route get {address}", RunIn::kSocket},
    {"config.loop", kError, that<Outer::kOwnLoop>,
     "Encrypted packets to {endpoint} of peer {peer} are routed into {iface} again",
     "Keep the endpoint out of the tunnel, with a route of its own or with a mark and a rule, as "
     "wg-quick makes them; see its route now.",
     "ip route get {address} mark {fwmark}", RunIn::kSocket},
    {"config.loop", kError, that<Outer::kOwnLoop>,
     "Encrypted packets to {endpoint} of peer {peer} are routed into {iface} again",
     "Keep the endpoint out of the tunnel, with a route of its own or with a mark and a rule, as "
     "wg-quick makes them; see its route now.",
     "ip route get {address}", RunIn::kSocket},
    {"config.mutual_loop", kError, that<Outer::kMutual>,
     "Encrypted packets to {endpoint} of peer {peer} are routed into {via}, and those of {via} "
     "into {iface}: each tunnel catches the other's",
     "Let the encrypted packets of one of them pass both: before the rules of the tunnels, those "
     "with the mark of {iface} go by the main table.",
     "{?ipv4}ip rule add pref 100 fwmark {fwmark} table main", RunIn::kSocket},
    {"config.mutual_loop", kError, that<Outer::kMutual>,
     "Encrypted packets to {endpoint} of peer {peer} are routed into {via}, and those of {via} "
     "into {iface}: each tunnel catches the other's",
     "Let the encrypted packets of one of them pass both: before the rules of the tunnels, those "
     "with the mark of {iface} go by the main table.",
     "{?ipv6}ip -6 rule add pref 100 fwmark {fwmark} table main", RunIn::kSocket},
    {"config.mutual_loop", kError, that<Outer::kMutual>,
     "Encrypted packets to {endpoint} of peer {peer} are routed into {via}, and those of {via} "
     "into {iface}: each tunnel catches the other's",
     "Keep one of the endpoints out of the other tunnel, with a route of its own or with a mark "
     "and a rule.",
     "ip route get {address}", RunIn::kSocket},
    {"config.loop", kError, that<Outer::kTheirLoop>,
     "Encrypted packets to {endpoint} of peer {peer} are carried by {via}, and come back to {last} "
     "on the way",
     "Find out what routes the encrypted packets of {last} into a tunnel again.",
     "wg-trace check {last}", RunIn::kSocket},
    {"tx.no_peer", kError, that<Outer::kNoPeer>,
     "Encrypted packets to {endpoint} of peer {peer} are routed into {last}, where no peer has it "
     "in its AllowedIPs",
     "Route them past {last}.", "wg show {last} allowed-ips", RunIn::kSocket},
    {"mtu.fragmenting", kWarning, too_large,
     "The MTU of {iface} is {mtu}, but the way to {endpoint} takes {fits} at most inside the "
     "tunnel: full packets are sent in fragments",
     "Lower it.", "ip link set {dev} mtu {fits}"},
    {"endpoint.unknown_name", kInfo, no_name_server,
     "No name server answered within a second what {name} and {others} more names stand for",
     nullptr, nullptr},
    {"endpoint.unknown_name", kInfo, no_name_server,
     "No name server answered within a second what {name} stands for", nullptr, nullptr},
    {"endpoint.unknown_name", kInfo, unknown_name, "{name} could not be resolved: {why}", nullptr,
     nullptr},
    {"endpoint.stale_name", kWarning, stale_name,
     "The endpoint of peer {peer} is {address}, but {name} of the wg-quick file is {now} now",
     "The kernel asks no name server: set it again.",
     "wg set {dev} peer {key} endpoint {name_port}"},
};

std::vector<explain::Facts> reached(const HostFacts& facts) {
  const auto good = std::ranges::count_if(facts.endpoints, [&](const EndpointFacts& e) {
    return outer_of(facts, e) == Outer::kLeaves;
  });
  if (good == 0) return {};
  return {{{"good", std::to_string(good)}}};
}

std::vector<explain::Facts> carried(const HostFacts& facts) {
  std::vector<explain::Facts> all;
  for (const EndpointFacts& e : facts.endpoints)
    if (outer_of(facts, e) == Outer::kLeaves && !e.path.carriers.empty())
      all.push_back(about(e).words), all.back()["endpoint"] = shown(e);
  return all;
}

std::vector<explain::Facts> fits(const HostFacts& facts) {
  if (facts.endpoints.empty() || !too_large(facts).empty()) return {};
  return {{{"mtu", std::to_string(facts.mtu)}}};
}

std::vector<explain::Facts> away(const HostFacts& facts) {
  if (!facts.socket_away) return {};
  if (facts.socket.netns) return {{{"where", "of the network namespace " + *facts.socket.netns}}};
  return {{{"where", facts.socket.initial ? "of the initial network namespace"
                                          : "of another network namespace"}}};
}

std::vector<explain::Facts> named(const HostFacts& facts) {
  std::vector<explain::Facts> all;
  for (const EndpointFacts& e : facts.endpoints)
    if (std::ranges::find(e.resolved, e.endpoint.address) != e.resolved.end())
      all.push_back({{"name", e.name}, {"address", to_string(e.endpoint.address)}});
  return all;
}

constexpr FineRow kOuterFine[] = {
    {away, "its encrypted packets go by the routes {where}, where it was made"},
    {reached, "{good} endpoints are reached outside the tunnel"},
    {carried, "{endpoint} is reached by way of {via}"},
    {fits, "full packets fit the first link (MTU {mtu})"},
    {named, "{name} is {address}"},
};

}  // namespace

std::span<const HostRule> outer_rules() { return kOuterRules; }
std::span<const FineRow> outer_fine() { return kOuterFine; }

}  // namespace wgt::health
