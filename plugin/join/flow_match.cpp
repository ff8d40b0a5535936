// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/flow_match.h"

#include <netinet/in.h>

#include <algorithm>
#include <map>
#include <utility>

#include "wgtools/base/time.h"

namespace wgt::join {
namespace {

// No packet stays in a host's stack for longer, as far as a drop of it is looked for.
constexpr std::uint64_t kDroppedWithinNs = 4 * kNsPerSecond;

bool is_told_apart(const event::Tuple& inner) {
  const bool is_one_of_many = inner.id == 0 && inner.icmp_seq == 0 && inner.proto != IPPROTO_TCP;
  return inner.is_known() && !is_one_of_many;
}

}  // namespace

std::optional<std::uint32_t> inner_hash(const event::Tuple& inner) {
  if (!is_told_apart(inner)) return std::nullopt;
  std::uint64_t hash = inner.id;
  for (const std::uint64_t part :
       {std::uint64_t{inner.seq}, std::uint64_t{inner.icmp_seq} << 16U | inner.icmp_id,
        std::uint64_t{inner.src_port} << 16U | inner.dst_port,
        std::uint64_t{inner.src.bytes[3]} << 8U | inner.src.bytes[15],
        std::uint64_t{inner.dst.bytes[3]} << 8U | inner.dst.bytes[15]})
    hash = (hash ^ part) * 0x9e3779b97f4a7c15U;
  return static_cast<std::uint32_t>(hash >> 32U);
}

std::optional<InnerPacket> inner_packet(HostId host, const event::DeviceKey& device,
                                        const event::Tuple& inner) {
  if (!is_told_apart(inner)) return std::nullopt;
  InnerPacket packet{host, device, inner};
  packet.tuple.len = 0;
  packet.tuple.tcp_flags = packet.tuple.ttl = packet.tuple.tos = 0;
  return packet;
}

bool lacks_number(const event::Event& event) {
  const auto* drop = std::get_if<event::StackDrop>(&event);
  return drop != nullptr && drop->verdict == event::VerdictId::INNER_IN && !drop->key;
}

FlowMatcher::FlowMatcher(const Observed& drop)
    : host_(drop.host),
      drop_(std::get<event::StackDrop>(drop.event)),
      packet_(inner_packet(host_, drop_.device, drop_.inner)) {}

void FlowMatcher::consider(HostId host, const event::Received& rx) {
  if (rx.verdict != event::VerdictId::DELIVERED || host != host_) return;
  const std::uint64_t delivered = rx.hop_ns[event::Received::kDelivered];
  if (drop_.at_ns < delivered || drop_.at_ns - delivered > kDroppedWithinNs) return;
  if (inner_packet(host, rx.device, rx.inner) != packet_) return;
  key_ = rx.key;
  ++fit_;
}

std::optional<Observed> FlowMatcher::found() const {
  if (fit_ != 1 || !key_) return std::nullopt;
  event::StackDrop drop = drop_;
  drop.key = key_;
  drop.inferred = true;
  return Observed{host_, drop};
}

std::vector<Observed> numbered_drops(std::span<const Observed* const> records) {
  std::vector<Observed> out;
  if (std::ranges::none_of(records, [](const Observed* o) { return lacks_number(o->event); }))
    return out;
  std::map<InnerPacket, std::vector<const event::Received*>> delivered;
  for (const Observed* observed : records) {
    const auto* rx = std::get_if<event::Received>(&observed->event);
    if (rx == nullptr) continue;
    if (const auto packet = inner_packet(observed->host, rx->device, rx->inner))
      delivered[*packet].push_back(rx);
  }
  for (const Observed* observed : records) {
    if (!lacks_number(observed->event)) continue;
    const auto& drop = std::get<event::StackDrop>(observed->event);
    const auto packet = inner_packet(observed->host, drop.device, drop.inner);
    if (!packet) continue;
    FlowMatcher number(*observed);
    for (const event::Received* rx : delivered[*packet]) number.consider(observed->host, *rx);
    if (const auto found = number.found()) out.push_back(*found);
  }
  return out;
}

}  // namespace wgt::join
