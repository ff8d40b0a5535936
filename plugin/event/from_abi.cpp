// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/from_abi.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>

#include "bpf/abi/handshake.h"

namespace wgt::event {
namespace {

static_assert(std::is_trivially_copyable_v<wgt_record>);
static_assert(Sent::kOuterOut == static_cast<int>(WGT_HOP_OUTER_OUT) &&
              Received::kDelivered == static_cast<int>(WGT_HOP_DELIVERED) &&
              Received::kHops == static_cast<int>(WGT_HOPS));

Error corrupt(std::uint64_t& counter, const std::string& text) {
  ++counter;
  return make_error(Errc::kCorrupt, "record " + text);
}

bool known_version(const wgt_tuple& tuple) {
  return tuple.version == 0 || tuple.version == 4 || tuple.version == 6;
}

Result<void> check(const wgt_record& record, DecodeStats& stats) {
  if (record.abi != WGT_ABI_VERSION) {
    ++stats.bad_abi;
    return make_error(Errc::kVersion, "record ABI " + std::to_string(record.abi) +
                                          ", this wg-trace reads " +
                                          std::to_string(WGT_ABI_VERSION));
  }
  if (record.kind < WGT_TX || record.kind > WGT_HANDSHAKE)
    return corrupt(stats.bad_kind, "of unknown kind " + std::to_string(record.kind));
  if (record.verdict >= (record.kind == WGT_HANDSHAKE ? kHsCount : kVerdicts))
    return corrupt(stats.bad_verdict, "with unknown verdict " + std::to_string(record.verdict));
  if (!known_version(record.inner) || !known_version(record.outer))
    return corrupt(stats.bad_tuple, "with an address that is neither IPv4 nor IPv6");
  if ((record.flags & WGT_F_GSO) != 0 && record.gso_segment >= record.gso_segments) {
    return corrupt(stats.bad_gso, "of segment " + std::to_string(record.gso_segment) + " of " +
                                      std::to_string(record.gso_segments));
  }
  if (std::any_of(std::begin(record.hop_ns), std::end(record.hop_ns),
                  [](std::uint64_t ns) { return ns > kMaxMonoNs; }))
    return corrupt(stats.bad_time, "with an impossible time");
  ++stats.good;
  return {};
}

IpAddress address(const std::uint8_t (&bytes)[16], std::uint8_t version) {
  const std::span<const std::uint8_t, 16> all(bytes);
  return version == 4 ? make_ipv4(all.first<4>()) : make_ipv6(all);
}

void fill(const wgt_record& record, Origin& out) {
  out.device = from_abi(record.device);
  if ((record.flags & WGT_F_PEER) == 0) return;
  out.peer.emplace();
  std::ranges::copy(record.peer, out.peer->bytes.begin());
}

void fill(const wgt_record& record, PacketEvent& out) {
  fill(record, static_cast<Origin&>(out));
  out.matched = (record.flags & WGT_F_MATCHED) != 0;
  if ((record.flags & WGT_F_KEY) != 0) out.key = PacketKey{record.receiver_index, record.counter};
  out.outer = from_abi(record.outer);
}

// A drop has one time; old recordings may have it in any slot.
std::uint64_t only_time(const wgt_record& record) {
  const auto hop = std::ranges::find_if(record.hop_ns, [](std::uint64_t ns) { return ns != 0; });
  return hop == std::end(record.hop_ns) ? 0 : *hop;
}

void fill(const wgt_record& record, Sent& out) {
  fill(record, static_cast<PacketEvent&>(out));
  std::copy_n(record.hop_ns, out.hop_ns.size(), out.hop_ns.begin());
  out.inner = from_abi(record.inner);
  out.verdict = known_verdict(record.verdict);
  out.cause = record.drop_reason;
  out.error = record.error;
  if (is_pending(out.verdict) && record.drop_location <= kMaxMonoNs)
    out.tried_since_ns = record.drop_location;
  if ((record.flags & WGT_F_GSO) == 0) return;
  out.gso_segment = record.gso_segment;
  out.gso_segments = record.gso_segments;
}

void fill(const wgt_record& record, Received& out) {
  fill(record, static_cast<PacketEvent&>(out));
  std::copy_n(record.hop_ns, out.hop_ns.size(), out.hop_ns.begin());
  out.inner = from_abi(record.inner);
  out.verdict = known_verdict(record.verdict);
  out.cause = record.drop_reason;
  out.inferred = (record.flags & WGT_F_INFERRED) != 0;
  out.too_old = (record.flags & WGT_F_TOO_OLD) != 0;
}

void fill(const wgt_record& record, StackDrop& out) {
  fill(record, static_cast<PacketEvent&>(out));
  out.at_ns = only_time(record);
  out.inner = from_abi(record.inner);
  out.verdict = known_verdict(record.verdict);
  out.reason = record.drop_reason;
  out.stack = static_cast<std::uint32_t>(record.error);
  out.location = record.drop_location;
  out.port_match = (record.flags & WGT_F_PORT_MATCH) != 0;
  out.inferred = (record.flags & WGT_F_INFERRED) != 0;
}

void fill(const wgt_record& record, Rejection& out) {
  fill(record, static_cast<PacketEvent&>(out));
  out.at_ns = only_time(record);
  out.error = from_abi(record.inner);
  out.what = icmp_error(record.drop_reason);
  const std::uint32_t what = record.drop_reason & ~WGT_ICMP_DROPPED_LOCALLY;
  if (what == WGT_FRAGMENTATION_NEEDED || what == WGT_PACKET_TOO_BIG)
    out.mtu = std::exchange(out.error.id, std::uint16_t{0});
}

void fill(const wgt_record& record, FirstFragment& out) {
  fill(record, static_cast<PacketEvent&>(out));
  out.at_ns = only_time(record);
}

void fill(const wgt_record& record, HandshakeStep& out) {
  fill(record, static_cast<Origin&>(out));
  out.what = known_hs(record.verdict);
  out.at_ns = record.hop_ns[0];
  out.initiated_ns = record.hop_ns[1];
  out.sender_index = static_cast<std::uint32_t>(record.counter);
  out.receiver_index = record.receiver_index;
  out.outer = from_abi(record.outer);
  const bool dropped = out.what == Hs::DROPPED_OUT || out.what == Hs::DROPPED_IN;
  (dropped ? out.reason : out.attempts) = record.drop_reason;
  out.error = record.error;
}

template <class Kind>
Event made(const wgt_record& record) {
  Event event(std::in_place_type<Kind>);
  fill(record, *std::get_if<Kind>(&event));
  return event;
}

Event event_of(const wgt_record& record) {
  switch (record.kind) {
    case WGT_TX:
      return made<Sent>(record);
    case WGT_RX:
      return made<Received>(record);
    case WGT_HANDSHAKE:
      return made<HandshakeStep>(record);
    default:
      break;
  }
  switch (known_verdict(record.verdict)) {
    case VerdictId::NETWORK_REJECTED:
      return made<Rejection>(record);
    case VerdictId::NETWORK_LOST:
      return made<FirstFragment>(record);
    default:
      return made<StackDrop>(record);
  }
}

}  // namespace

const std::uint16_t kAbiVersion = WGT_ABI_VERSION;
const std::size_t kRecordBytes = sizeof(wgt_record);

Result<Event> decode(const wgt_record& record, DecodeStats& stats) {
  WGT_TRY_VOID(check(record, stats));
  return event_of(record);
}

Result<Event> decode(std::span<const std::byte> bytes, DecodeStats& stats) {
  if (bytes.size() != sizeof(wgt_record)) {
    return corrupt(stats.bad_size, "of " + std::to_string(bytes.size()) + " bytes instead of " +
                                       std::to_string(sizeof(wgt_record)));
  }
  wgt_record record;  // a copy: the source need not be aligned
  std::memcpy(&record, bytes.data(), sizeof record);
  return decode(record, stats);
}

IcmpError icmp_error(std::uint32_t drop_reason) {
  return {.version = static_cast<std::uint8_t>(drop_reason >> 16U),
          .type = static_cast<std::uint8_t>(drop_reason >> 8U),
          .code = static_cast<std::uint8_t>(drop_reason),
          .dropped_locally = (drop_reason & WGT_ICMP_DROPPED_LOCALLY) != 0};
}

DeviceKey from_abi(const wgt_device_key& key) { return {key.netns, key.ifindex}; }

Tuple from_abi(const wgt_tuple& tuple) {
  Tuple out;
  if (tuple.version != 4 && tuple.version != 6) return out;
  out.src = address(tuple.src, tuple.version);
  out.dst = address(tuple.dst, tuple.version);
  out.proto = tuple.proto;
  out.is_message = tuple.proto == IPPROTO_UDP && tuple.tcp_flags == WGT_CARRIES_MESSAGE;
  out.tcp_flags = out.is_message ? std::uint8_t{0} : tuple.tcp_flags;
  out.ttl = tuple.ttl;
  out.tos = tuple.tos;
  out.len = tuple.len;
  out.seq = tuple.seq;
  const std::uint16_t first = ntohs(tuple.src_port);
  const std::uint16_t second = ntohs(tuple.dst_port);
  if (!is_icmp(out)) {
    out.src_port = first;
    out.dst_port = second;
    out.id = tuple.id;
    return out;
  }
  out.icmp_type = static_cast<std::uint8_t>(first >> 8U);
  out.icmp_code = static_cast<std::uint8_t>(first);
  if (is_icmp_echo(out)) {
    out.icmp_id = second;
    out.icmp_seq = tuple.id;
  } else {
    out.id = tuple.id;
  }
  return out;
}

}  // namespace wgt::event
