// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/flow_match.h"

#include <netinet/in.h>

#include <algorithm>
#include <map>

#include "wgtools/base/time.h"

namespace wgt::join {
namespace {

// No packet stays in a host's stack for longer, as far as a drop of it is looked for.
constexpr std::uint64_t kDroppedWithinNs = 4 * kNsPerSecond;

}  // namespace

std::optional<InnerPacket> inner_packet(const Observed& observed) {
  const wgt_tuple& t = observed.record.inner;
  // Echo requests and answers have their sequence number as id.
  if (t.version == 0 || (t.id == 0 && t.proto != IPPROTO_TCP)) return std::nullopt;
  const event::DeviceKey& device = event::device_of(observed.record);
  return InnerPacket{
      observed.host,        device.netns, device.ifindex, t.version, t.proto, std::to_array(t.src),
      std::to_array(t.dst), t.src_port,   t.dst_port,     t.id,      t.seq};
}

bool lacks_number(const wgt_record& record) {
  return record.kind == WGT_DROP && event::verdict_of(record) == event::VerdictId::INNER_IN &&
         !event::key_of(record);
}

void FlowMatcher::consider(const Observed& observed) {
  const wgt_record& rx = observed.record;
  if (rx.kind != WGT_RX || event::verdict_of(rx) != event::VerdictId::DELIVERED ||
      inner_packet(observed) != packet_)
    return;
  const std::uint64_t delivered = rx.hop_ns[WGT_HOP_DELIVERED];
  const std::uint64_t dropped = drop_.record.hop_ns[0];
  if (dropped < delivered || dropped - delivered > kDroppedWithinNs) return;
  key_ = event::key_of(rx);
  ++fit_;
}

std::optional<Observed> FlowMatcher::found() const {
  if (fit_ != 1 || !key_) return std::nullopt;
  Observed drop = drop_;
  drop.record.receiver_index = key_->receiver_index;
  drop.record.counter = key_->counter;
  drop.record.flags |= WGT_F_KEY | WGT_F_INFERRED;
  return drop;
}

std::vector<Observed> numbered_drops(std::span<const Observed* const> records) {
  std::vector<Observed> out;
  if (std::ranges::none_of(records, [](const Observed* o) { return lacks_number(o->record); }))
    return out;
  std::map<InnerPacket, std::vector<const Observed*>> delivered;
  for (const Observed* observed : records) {
    if (observed->record.kind != WGT_RX) continue;
    if (const auto packet = inner_packet(*observed)) delivered[*packet].push_back(observed);
  }
  for (const Observed* drop : records) {
    const auto packet = lacks_number(drop->record) ? inner_packet(*drop) : std::nullopt;
    if (!packet) continue;
    FlowMatcher number(*drop);
    for (const Observed* rx : delivered[*packet]) number.consider(*rx);
    if (const auto found = number.found()) out.push_back(*found);
  }
  return out;
}

}  // namespace wgt::join
