// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/view_builder.h"

#include <algorithm>

#include "plugin/event/from_abi.h"
#include "plugin/event/hops.h"
#include "plugin/explain/explain.h"
#include "plugin/explain/facts.h"
#include "plugin/explain/flow.h"
#include "plugin/explain/reason_name.h"

namespace wgt::explain {
namespace {

using event::HostInfo;
using join::JoinedPath;
using join::Observed;

struct Slot {
  wgt_hop slot;
  Stage stage;
};
constexpr Slot kTxSlots[] = {
    {WGT_HOP_WG_XMIT, Stage::kWgXmit},
    {WGT_HOP_ENCRYPT, Stage::kEncrypt},
    {WGT_HOP_UDP_TUNNEL_XMIT, Stage::kUdpTunnelXmit},
    {WGT_HOP_OUTER_OUT, Stage::kOuterOut},
};
constexpr Slot kRxSlots[] = {
    {WGT_HOP_OUTER_IN, Stage::kOuterIn},       {WGT_HOP_WG_RECEIVE, Stage::kWgReceive},
    {WGT_HOP_DECRYPT, Stage::kDecrypt},        {WGT_HOP_REPLAY, Stage::kReplay},
    {WGT_HOP_ALLOWED_IPS, Stage::kAllowedIps}, {WGT_HOP_DELIVERED, Stage::kDelivered},
};

// One end's records: its own, the drop that ended the packet there, or both.
struct End {
  const Observed& main;
  const Observed* own = nullptr;
  const Observed* drop = nullptr;
};

// Which end saw a drop: an ICMP error about a packet comes back to its sender.
VerdictSide seen_by(const wgt_record& drop) {
  const VerdictSide side = event::verdict_side(event::known_verdict(drop.verdict));
  return side == VerdictSide::kNetwork ? VerdictSide::kTx : side;
}

std::optional<End> end_of(const JoinedPath& joined, VerdictSide side) {
  const auto& own = side == VerdictSide::kTx ? joined.tx : joined.rx;
  const Observed* drop = nullptr;
  if (joined.drop && seen_by(joined.drop->record) == side) drop = &*joined.drop;
  if (own) return End{.main = *own, .own = &*own, .drop = drop};
  if (drop) return End{.main = *drop, .own = nullptr, .drop = drop};
  return std::nullopt;
}

void name_interface(Side& side, const HostInfo& host, event::DeviceKey key) {
  side.interface = "ifindex " + std::to_string(key.ifindex);
  for (const event::DeviceInfo& device : host.devices) {
    if (device.key.netns != key.netns) continue;
    side.netns = device.netns;
    if (device.key.ifindex != key.ifindex) continue;
    side.interface = device.name;
    return;
  }
}

// A drop record has one time, in its first slot: that of the drop. As a hop it counts only where
// the step is "handed over, or died there".
std::uint64_t dropped_ns(const End& end) { return end.drop ? end.drop->record.hop_ns[0] : 0; }

bool dropped_at(const End& end, Stage stage) {
  return (stage == Stage::kOuterOut || stage == Stage::kOuterIn) && end.drop &&
         event::verdict_stage(event::known_verdict(end.drop->record.verdict)) == stage;
}

// The hops in path order, and whether their times are in it too.
bool add_hops(Side& side, const End& end, std::span<const Slot> slots, const HostInfo& host) {
  std::vector<std::pair<Stage, std::uint64_t>> seen;
  for (const auto& [slot, stage] : slots) {
    std::uint64_t ns = end.own ? end.own->record.hop_ns[slot] : 0;
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

bool has_all_hops(const Side& side, std::span<const Slot> slots, VerdictSide which,
                  VerdictId verdict, bool keepalive) {
  const bool ended_here = event::verdict_side(verdict) == which;
  for (const auto& [slot, stage] : slots) {
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

bool is_decrypted(VerdictId verdict) {
  const auto stage = event::verdict_stage(verdict);
  return event::verdict_side(verdict) == VerdictSide::kRx && stage && *stage > Stage::kDecrypt;
}

std::optional<Tuple> inner_of(const JoinedPath& joined) {
  if (joined.tx)
    if (auto flow = event::if_known(event::from_abi(joined.tx->record.inner))) return flow;
  if (joined.rx && is_decrypted(event::known_verdict(joined.rx->record.verdict)))
    if (auto flow = event::if_known(event::from_abi(joined.rx->record.inner))) return flow;
  if (joined.drop && event::is_about_inner(joined.drop->record))
    return event::if_known(event::from_abi(joined.drop->record.inner));
  return std::nullopt;
}

std::optional<Tuple> outer_of(const End& end) {
  if (end.own)
    if (auto flow = event::if_known(event::from_abi(end.own->record.outer))) return flow;
  return end.drop ? event::if_known(event::from_abi(end.drop->record.outer)) : std::nullopt;
}

std::optional<event::PacketKey> key_of(const JoinedPath& joined) {
  for (const auto* seen : {&joined.tx, &joined.rx, &joined.drop})
    if (*seen)
      if (const auto key = event::key_of((*seen)->record)) return key;
  return std::nullopt;
}

Side build_side(const End& end, VerdictSide which, const JoinedPath& joined,
                std::span<const HostInfo> hosts, bool keepalive) {
  const wgt_record& record = end.main.record;
  const HostInfo& host = hosts[end.main.host];
  const std::span<const Slot> slots =
      which == VerdictSide::kTx ? std::span<const Slot>(kTxSlots) : std::span<const Slot>(kRxSlots);
  Side side;
  side.host = host.hostname;
  name_interface(side, host, event::device_of(record));
  if (record.flags & WGT_F_PEER) {
    side.peer.emplace();
    std::ranges::copy(record.peer, side.peer->bytes.begin());
  }
  const bool in_order = add_hops(side, end, slots, host);
  side.complete = in_order && has_all_hops(side, slots, which, joined.verdict, keepalive);
  if (record.flags & WGT_F_GSO) {
    side.gso_segment = record.gso_segment;
    side.gso_segments = record.gso_segments;
  }
  if (which == VerdictSide::kRx) side.outer = outer_of(end);
  return side;
}

}  // namespace

PathView build_path_view(const JoinedPath& joined, std::span<const HostInfo> hosts,
                         const DeviceLookup& device_of) {
  PathView path;
  path.key = key_of(joined);
  path.inner = inner_of(joined);
  const bool keepalive = path.key && !path.inner;
  const auto tx = end_of(joined, VerdictSide::kTx);
  const auto rx = end_of(joined, VerdictSide::kRx);
  if (tx) {
    path.tx = build_side(*tx, VerdictSide::kTx, joined, hosts, keepalive);
    path.outer = outer_of(*tx);
  }
  if (rx) path.rx = build_side(*rx, VerdictSide::kRx, joined, hosts, keepalive);
  if (joined.network)
    path.network = Network{.ns = joined.network->ns, .error_ns = joined.network->error_ns};

  const Side* about = side_of(path, joined.verdict);
  const wg::Device* device = nullptr;
  if (about && device_of) {
    const Observed& seen = path.tx && about == &*path.tx ? tx->main : rx->main;
    device = device_of(hosts[seen.host], event::device_of(seen.record));
  }
  path.verdict = explain(joined, path, hosts, device);
  if (joined.amends) path.amends = joined.amends->verdict;
  return path;
}

}  // namespace wgt::explain
