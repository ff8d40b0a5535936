// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/record_codec.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "bpf/abi/record.h"
#include "plugin/event/to_abi.h"

namespace wgt::session {
namespace {

// Bits of `shape`; 0 to 5 are the hops.
enum Shape : std::uint32_t {
  kInner = 1u << 6u,
  kOuter = 1u << 7u,
  kInnerV6 = 1u << 8u,
  kOuterV6 = 1u << 9u,
  kReason = 1u << 10u,
  kError = 1u << 11u,
  kLocation = 1u << 12u,
  kInterface = 1u << 13u,
  kNetns = 1u << 14u,
};
constexpr std::uint32_t kAllShapes = (1u << 15u) - 1;
static_assert(WGT_HOPS == 6, "bits 0 to 5 of the shape");

std::uint32_t shape_of(const wgt_record& record, std::uint64_t location) {
  std::uint32_t shape = 0;
  for (unsigned i = 0; i < WGT_HOPS; i++)
    if (record.hop_ns[i] != 0) shape |= 1u << i;
  if (record.inner.version != 0) shape |= kInner;
  if (record.inner.version == 6) shape |= kInnerV6;
  if (record.outer.version != 0) shape |= kOuter;
  if (record.outer.version == 6) shape |= kOuterV6;
  if (record.drop_reason != 0) shape |= kReason;
  if (record.error != 0) shape |= kError;
  if (location != 0) shape |= kLocation;
  if (record.device.ifindex != 0) shape |= kInterface;
  if (record.device.netns != 0) shape |= kNetns;
  return shape;
}

// Ports are in network byte order in the record, too: copied as they are.
void write_tuple(const wgt_tuple& tuple, ByteWriter& out) {
  const std::size_t address = tuple.version == 6 ? 16 : 4;
  out.bytes(Bytes(tuple.src).first(address));
  out.bytes(Bytes(tuple.dst).first(address));
  std::uint8_t ports[4];
  std::memcpy(ports, &tuple.src_port, 2);
  std::memcpy(ports + 2, &tuple.dst_port, 2);
  out.bytes(ports);
  for (const std::uint8_t byte : {tuple.proto, tuple.tcp_flags, tuple.ttl, tuple.tos})
    out.number(byte);
  out.varint(tuple.id);
  out.varint(tuple.len);
  if (tuple.proto == IPPROTO_TCP) out.number(tuple.seq);
}

void read_tuple(ByteReader& in, bool v6, wgt_tuple& tuple) {
  tuple.version = v6 ? 6 : 4;
  const std::size_t address = v6 ? 16 : 4;
  in.copy_to(std::span(tuple.src).first(address));
  in.copy_to(std::span(tuple.dst).first(address));
  std::uint8_t ports[4]{};
  in.copy_to(ports);
  std::memcpy(&tuple.src_port, ports, 2);
  std::memcpy(&tuple.dst_port, ports + 2, 2);
  for (std::uint8_t* byte : {&tuple.proto, &tuple.tcp_flags, &tuple.ttl, &tuple.tos})
    *byte = in.number<std::uint8_t>();
  tuple.id = static_cast<std::uint16_t>(in.varint(UINT16_MAX));
  tuple.len = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  if (tuple.proto == IPPROTO_TCP) tuple.seq = in.number<std::uint32_t>();
}

wgt_record read_record(ByteReader& in, const RecordSource& source, std::uint64_t& before_ns) {
  wgt_record record{};
  record.abi = WGT_ABI_VERSION;
  record.kind = in.number<std::uint8_t>();
  record.verdict = in.number<std::uint8_t>();
  record.flags = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  const auto shape = static_cast<std::uint32_t>(in.varint(kAllShapes));
  if ((record.flags & WGT_F_KEY) != 0) {
    record.receiver_index = in.number<std::uint32_t>();
    record.counter = in.varint();
  }
  if ((record.flags & WGT_F_GSO) != 0) {
    record.gso_segment = static_cast<std::uint16_t>(in.varint(UINT16_MAX));
    record.gso_segments = static_cast<std::uint16_t>(in.varint(UINT16_MAX));
  }
  // Sums wrap: the decoder refuses what cannot be a time.
  std::uint64_t ns = before_ns;
  bool first = true;
  for (unsigned i = 0; i < WGT_HOPS; i++) {
    if ((shape & 1u << i) == 0) continue;
    ns += static_cast<std::uint64_t>(in.zigzag());
    if (first) before_ns = ns;
    first = false;
    record.hop_ns[i] = ns;
  }
  if ((shape & kInner) != 0) read_tuple(in, (shape & kInnerV6) != 0, record.inner);
  if ((shape & kOuter) != 0) read_tuple(in, (shape & kOuterV6) != 0, record.outer);
  if ((shape & kReason) != 0)
    record.drop_reason = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  if ((shape & kError) != 0) {
    const std::int64_t error = in.zigzag();
    if (error < INT32_MIN || error > INT32_MAX) in.fail();
    record.error = static_cast<std::int32_t>(error);
  }
  if ((shape & kLocation) != 0) record.drop_location = in.varint();
  if ((shape & kInterface) != 0) record.device.ifindex = source.device.ifindex;
  if ((shape & kNetns) != 0) record.device.netns = source.device.netns;
  if ((record.flags & WGT_F_PEER) != 0)
    std::copy(source.peer.bytes.begin(), source.peer.bytes.end(), record.peer);
  return record;
}

}  // namespace

void RecordEncoder::add(const event::Event& event, std::uint64_t location, ByteVector& batch) {
  const wgt_record record = event::to_abi(event);
  if (std::holds_alternative<event::Sent>(event)) location = record.drop_location;
  const std::uint32_t shape = shape_of(record, location);
  ByteWriter out(batch);
  out.number(record.kind);
  out.number(record.verdict);
  out.varint(record.flags);
  out.varint(shape);
  if ((record.flags & WGT_F_KEY) != 0) {
    out.number(record.receiver_index);
    out.varint(record.counter);
  }
  if ((record.flags & WGT_F_GSO) != 0) {
    out.varint(record.gso_segment);
    out.varint(record.gso_segments);
  }
  std::uint64_t ns = before_ns_;
  bool first = true;
  for (const std::uint64_t hop : record.hop_ns) {
    if (hop == 0) continue;
    out.zigzag(static_cast<std::int64_t>(hop - ns));
    ns = hop;
    if (first) before_ns_ = hop;
    first = false;
  }
  if ((shape & kInner) != 0) write_tuple(record.inner, out);
  if ((shape & kOuter) != 0) write_tuple(record.outer, out);
  if ((shape & kReason) != 0) out.varint(record.drop_reason);
  if ((shape & kError) != 0) out.zigzag(record.error);
  if ((shape & kLocation) != 0) out.varint(location);
}

Result<std::vector<event::Event>> decode_batch(Bytes batch, const RecordSource& source,
                                               event::DecodeStats& stats) {
  std::vector<event::Event> events;
  ByteReader in(batch);
  std::uint64_t before_ns = 0;
  while (!in.empty()) {
    const wgt_record record = read_record(in, source, before_ns);
    if (!in.ok()) return make_error(Errc::kCorrupt, "a broken batch of records");
    if (auto event = event::decode(record, stats)) events.push_back(*std::move(event));
  }
  return events;
}

}  // namespace wgt::session
