// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/to_abi.h"

#include <arpa/inet.h>

#include <algorithm>

#include "bpf/abi/record.h"

namespace wgt::event {
namespace {

void fill(const Origin& from, wgt_record& record) {
  record.abi = WGT_ABI_VERSION;
  record.device = to_abi(from.device);
  if (!from.peer) return;
  record.flags |= WGT_F_PEER;
  std::ranges::copy(from.peer->bytes, record.peer);
}

void fill(const PacketEvent& from, wgt_record& record) {
  fill(static_cast<const Origin&>(from), record);
  record.outer = to_abi(from.outer);
  if (from.matched) record.flags |= WGT_F_MATCHED;
  if (!from.key) return;
  record.flags |= WGT_F_KEY;
  record.receiver_index = from.key->receiver_index;
  record.counter = from.key->counter;
}

void fill(const Sent& from, wgt_record& record) {
  fill(static_cast<const PacketEvent&>(from), record);
  record.kind = WGT_TX;
  record.verdict = static_cast<std::uint8_t>(from.verdict);
  std::ranges::copy(from.hop_ns, record.hop_ns);
  record.inner = to_abi(from.inner);
  record.drop_reason = from.cause;
  record.error = from.error;
  record.drop_location = from.tried_since_ns;
  if (from.gso_segments == 0) return;
  record.flags |= WGT_F_GSO;
  record.gso_segment = from.gso_segment;
  record.gso_segments = from.gso_segments;
}

void fill(const Received& from, wgt_record& record) {
  fill(static_cast<const PacketEvent&>(from), record);
  record.kind = WGT_RX;
  record.verdict = static_cast<std::uint8_t>(from.verdict);
  std::ranges::copy(from.hop_ns, record.hop_ns);
  record.inner = to_abi(from.inner);
  record.drop_reason = from.cause;
  if (from.inferred) record.flags |= WGT_F_INFERRED;
  if (from.too_old) record.flags |= WGT_F_TOO_OLD;
}

void fill(const StackDrop& from, wgt_record& record) {
  fill(static_cast<const PacketEvent&>(from), record);
  record.kind = WGT_DROP;
  record.verdict = static_cast<std::uint8_t>(from.verdict);
  record.hop_ns[0] = from.at_ns;
  record.inner = to_abi(from.inner);
  record.drop_reason = from.reason;
  record.error = static_cast<std::int32_t>(from.stack);
  record.drop_location = from.location;
  if (from.port_match) record.flags |= WGT_F_PORT_MATCH;
  if (from.inferred) record.flags |= WGT_F_INFERRED;
}

void fill(const Rejection& from, wgt_record& record) {
  fill(static_cast<const PacketEvent&>(from), record);
  record.kind = WGT_DROP;
  record.verdict = WGT_V_NETWORK_REJECTED;
  record.flags |= WGT_F_PORT_MATCH;
  record.hop_ns[0] = from.at_ns;
  record.inner = to_abi(from.error);
  if (from.mtu != 0) record.inner.id = from.mtu;
  record.drop_reason = WGT_REJECTION(
      from.what.version, static_cast<std::uint32_t>(from.what.type << 8U | from.what.code));
  if (from.what.dropped_locally) record.drop_reason |= WGT_ICMP_DROPPED_LOCALLY;
}

void fill(const FirstFragment& from, wgt_record& record) {
  fill(static_cast<const PacketEvent&>(from), record);
  record.kind = WGT_DROP;
  record.verdict = WGT_V_NETWORK_LOST;
  record.flags |= WGT_F_PORT_MATCH | WGT_F_INFERRED;
  record.hop_ns[0] = from.at_ns;
  record.drop_reason = WGT_CAUSE_FRAGMENT_MISSING;
}

void fill(const HandshakeStep& from, wgt_record& record) {
  fill(static_cast<const Origin&>(from), record);
  record.kind = WGT_HANDSHAKE;
  record.verdict = static_cast<std::uint8_t>(from.what);
  record.hop_ns[0] = from.at_ns;
  record.hop_ns[1] = from.initiated_ns;
  record.receiver_index = from.receiver_index;
  record.counter = from.sender_index;
  if (from.sender_index != 0 || from.receiver_index != 0) record.flags |= WGT_F_KEY;
  record.outer = to_abi(from.outer);
  record.drop_reason = from.attempts != 0 ? from.attempts : from.reason;
  record.error = from.error;
}

}  // namespace

wgt_device_key to_abi(const DeviceKey& key) { return {key.netns, key.ifindex}; }

wgt_tuple to_abi(const Tuple& tuple) {
  wgt_tuple out{};
  if (!tuple.is_known()) return out;
  out.version = tuple.src.version;
  std::ranges::copy(tuple.src.bytes, out.src);
  std::ranges::copy(tuple.dst.bytes, out.dst);
  out.proto = tuple.proto;
  out.tcp_flags = tuple.is_message ? std::uint8_t{WGT_CARRIES_MESSAGE} : tuple.tcp_flags;
  out.ttl = tuple.ttl;
  out.tos = tuple.tos;
  out.len = tuple.len;
  out.seq = tuple.seq;
  out.id = is_icmp_echo(tuple) ? tuple.icmp_seq : tuple.id;
  if (is_icmp(tuple)) {
    out.src_port = htons(static_cast<std::uint16_t>(tuple.icmp_type << 8U | tuple.icmp_code));
    out.dst_port = htons(tuple.icmp_id);
  } else {
    out.src_port = htons(tuple.src_port);
    out.dst_port = htons(tuple.dst_port);
  }
  return out;
}

wgt_record to_abi(const Event& event) {
  wgt_record record{};
  std::visit([&](const auto& kind) { fill(kind, record); }, event);
  return record;
}

}  // namespace wgt::event
