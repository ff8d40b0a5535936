// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/view_builder.h"

#include <algorithm>
#include <iterator>

#include "plugin/explain/explain.h"
#include "plugin/explain/facts.h"

namespace wgt::explain {
namespace {

using event::HostInfo;
using event::Received;
using event::Sent;
using join::JoinedPath;

// By Sent::Hop and Received::Hop.
constexpr Stage kTxStages[] = {Stage::kWgXmit, Stage::kEncrypt, Stage::kUdpTunnelXmit,
                               Stage::kOuterOut};
constexpr Stage kRxStages[] = {Stage::kOuterIn, Stage::kWgReceive,  Stage::kDecrypt,
                               Stage::kReplay,  Stage::kAllowedIps, Stage::kDelivered};
static_assert(std::size(kTxStages) == Sent::kHops && std::size(kRxStages) == Received::kHops);

// What one end saw: the packet on its way, the drop that ended it there, or both.
struct End {
  join::HostId host = 0;
  const event::PacketEvent* own = nullptr;
  std::span<const std::uint64_t> hop_ns = {};  // of its own, in path order
  std::span<const Stage> stages;
  const event::Event* drop = nullptr;

  const event::PacketEvent& main() const { return own ? *own : *event::packet_of(*drop); }
};

// Which end saw a drop: an ICMP error about a packet comes back to its sender.
VerdictSide seen_by(const event::Event& drop) {
  const VerdictSide side = event::verdict_side(event::verdict_of(drop));
  return side == VerdictSide::kNetwork ? VerdictSide::kTx : side;
}

template <class Own>
std::optional<End> end_of(const JoinedPath& joined, const std::optional<join::Seen<Own>>& own,
                          VerdictSide side, std::span<const Stage> stages) {
  End end{.stages = stages};
  if (joined.drop && seen_by(joined.drop->event) == side) {
    end.host = joined.drop->host;
    end.drop = &joined.drop->event;
  }
  if (own) {
    end.host = own->host;
    end.own = &own->event;
    end.hop_ns = own->event.hop_ns;
  }
  return end.own || end.drop ? std::optional(end) : std::nullopt;
}

void name_interface(Side& side, const HostInfo& host, event::DeviceKey key) {
  side.interface = "ifindex " + std::to_string(key.ifindex);
  for (const auto* devices : {&host.devices, &host.carriers}) {
    for (const event::DeviceInfo& device : *devices) {
      if (device.key.netns != key.netns) continue;
      side.netns = device.netns;
      if (device.key.ifindex != key.ifindex) continue;
      side.interface = device.name;
      return;
    }
  }
}

// A drop has one time. As a hop it counts only where the step is "handed over, or died there".
std::uint64_t dropped_ns(const End& end) { return end.drop ? event::first_hop_ns(*end.drop) : 0; }

bool dropped_at(const End& end, Stage stage) {
  return (stage == Stage::kOuterOut || stage == Stage::kOuterIn) && end.drop &&
         event::verdict_stage(event::verdict_of(*end.drop)) == stage;
}

// The hops in path order, and whether their times are in it too.
bool add_hops(Side& side, const End& end, const HostInfo& host) {
  std::vector<std::pair<Stage, std::uint64_t>> seen;
  for (std::size_t hop = 0; hop < end.stages.size(); ++hop) {
    const Stage stage = end.stages[hop];
    std::uint64_t ns = end.own ? end.hop_ns[hop] : 0;
    if (ns == 0 && dropped_at(end, stage)) ns = dropped_ns(end);
    if (ns != 0) seen.emplace_back(stage, ns);
  }
  const auto by_time = [](const auto& a, const auto& b) { return a.second < b.second; };
  const std::uint64_t first =
      seen.empty() ? dropped_ns(end) : std::ranges::min_element(seen, by_time)->second;
  if (first != 0) side.t0_wall_ns = static_cast<std::int64_t>(first) + host.wall_minus_mono_ns;
  for (const auto& [stage, ns] : seen) side.hops.push_back({.stage = stage, .ns = ns - first});
  return std::ranges::is_sorted(seen, by_time);
}

// A keepalive starts inside WireGuard; `replay` and `outer_in` are not seen on every kernel.
bool is_expected(Stage stage, bool keepalive) {
  if (stage == Stage::kWgXmit) return !keepalive;
  return stage != Stage::kOuterIn && stage != Stage::kReplay;
}

bool has_all_hops(const Side& side, std::span<const Stage> stages, VerdictSide which,
                  VerdictId verdict, bool keepalive) {
  const bool ended_here = event::verdict_side(verdict) == which;
  for (const Stage stage : stages) {
    if (ended_here) {
      const auto end = event::verdict_stage(verdict);
      if (!end || stage > *end) break;
      // A step that killed the packet was not completed, so its hop may be missing.
      const bool completed = event::is_success(verdict) || verdict == VerdictId::INNER_IN;
      if (stage == *end && !completed) break;
    }
    if (is_expected(stage, keepalive) &&
        std::ranges::find(side.hops, stage, &Hop::stage) == side.hops.end())
      return false;
  }
  return true;
}

std::optional<Tuple> outer_of(const End& end) {
  if (end.own && end.own->outer.is_known()) return end.own->outer;
  return end.drop ? event::if_known(event::packet_of(*end.drop)->outer) : std::nullopt;
}

Side build_side(const End& end, VerdictSide which, const JoinedPath& joined, const HostInfo& host,
                bool keepalive) {
  Side side;
  side.host = host.hostname;
  name_interface(side, host, end.main().device);
  side.peer = end.main().peer;
  const bool in_order = add_hops(side, end, host);
  side.complete = in_order && has_all_hops(side, end.stages, which, joined.verdict, keepalive);
  if (which == VerdictSide::kRx) side.outer = outer_of(end);
  return side;
}

std::vector<Carrier> carriers_of(const JoinedPath& joined, std::span<const HostInfo> hosts) {
  std::vector<Carrier> via;
  for (const JoinedPath* at = joined.carrier.get(); at != nullptr; at = at->carrier.get()) {
    const auto end = end_of(*at, at->tx, VerdictSide::kTx, kTxStages);
    if (!end) break;
    Side side;
    name_interface(side, hosts[end->host], end->main().device);
    via.push_back({.interface = std::move(side.interface),
                   .netns = std::move(side.netns),
                   .peer = end->main().peer,
                   .key = join::key_of(*at),
                   .verdict = at->verdict});
  }
  return via;
}

// What ended the carrier ended what it carried.
Verdict verdict_of_carrier(const JoinedPath& carrier, std::span<const HostInfo> hosts,
                           const DeviceLookup& device_of) {
  const PathView view = build_path_view(carrier, hosts, device_of);
  Verdict verdict = view.verdict;
  if (!verdict.in_carrier.empty() || !view.tx) return verdict;
  verdict.in_carrier = view.tx->interface;
  verdict.message = "In " + verdict.in_carrier + ", which carried it: " + verdict.message;
  return verdict;
}

}  // namespace

PathView build_path_view(const JoinedPath& joined, std::span<const HostInfo> hosts,
                         const DeviceLookup& device_of) {
  PathView path;
  path.key = join::key_of(joined);
  if (const Tuple* inner = join::inner_of(joined)) path.inner = *inner;
  const bool keepalive = path.key && !path.inner;
  const auto tx = end_of(joined, joined.tx, VerdictSide::kTx, kTxStages);
  const auto rx = end_of(joined, joined.rx, VerdictSide::kRx, kRxStages);
  if (tx) {
    path.tx = build_side(*tx, VerdictSide::kTx, joined, hosts[tx->host], keepalive);
    path.outer = outer_of(*tx);
    if (joined.tx) {
      path.tx->gso_segment = joined.tx->event.gso_segment;
      path.tx->gso_segments = joined.tx->event.gso_segments;
      if (const std::uint64_t since = joined.tx->event.tried_since_ns; since != 0)
        path.tx->tried_since_wall_ns =
            static_cast<std::int64_t>(since) + hosts[tx->host].wall_minus_mono_ns;
    }
  }
  if (rx) path.rx = build_side(*rx, VerdictSide::kRx, joined, hosts[rx->host], keepalive);
  if (joined.network)
    path.network = Network{.ns = joined.network->ns, .error_ns = joined.network->error_ns};

  const Side* about = side_of(path, joined.verdict);
  const wg::Device* device = nullptr;
  if (about && device_of) {
    const End& end = path.tx && about == &*path.tx ? *tx : *rx;
    device = device_of(hosts[end.host], end.main().device);
  }
  path.via = carriers_of(joined, hosts);
  path.verdict = joined.ended_in_carrier ? verdict_of_carrier(*joined.carrier, hosts, device_of)
                                         : explain(joined, path, hosts, device);
  if (joined.amends) path.amends = joined.amends->verdict;
  return path;
}

}  // namespace wgt::explain
