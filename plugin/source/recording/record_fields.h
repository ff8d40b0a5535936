// SPDX-License-Identifier: GPL-2.0-only
// What changes from packet to packet in a record, and what it is expected to be (section RECORDS of
// wg-trace-recording.5): the one function that both the writer and the reader of columns go
// through.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>

#include "bpf/abi/record.h"

namespace wgt::recording {

enum Column : std::uint8_t {
  kTemplates,
  kTemplateNumbers,
  kCounter,
  kFirstHop,
  kHop,  // 1 to 5: as many as there are hops behind the first
  kInnerId = kHop + WGT_HOPS - 1,
  kInnerLen,
  kInnerSeq,
  kInnerFlags,
  kOuterId,
  kOuterLen,
  kOuterSeq,
  kOuterFlags,
  kSegment,
  kSegments,
  kColumns
};
static_assert(kColumns == 19, "wg-trace-recording.5 numbers them");

struct LastTuple {
  std::uint32_t len = 0;
  std::uint32_t seq = 0;
  std::uint16_t id = 0;
  std::uint8_t tcp_flags = 0;
};

// Of the record before of the same template.
struct Last {
  LastTuple inner;
  LastTuple outer;
  std::uint16_t segment = 0;
  std::uint16_t segments = 0;
};

// A session's records share a counter.
inline std::uint64_t session_of(const wgt_record& record) {
  return std::uint64_t{record.kind} << 32U | record.receiver_index;
}

// What WireGuard pads it to (calculate_skb_padding), but for a small MTU.
inline std::uint32_t padded(std::uint32_t len) { return (len + 15U) & ~15U; }

// Coder::value(column, field, expected) reads the field or sets it; one that is 0 it leaves alone.
// It is called for the same fields in the same order whatever the record.
template <class Coder>
void code_fields(Coder& coder, wgt_record& record, Last& last, std::uint64_t& last_counter,
                 std::uint64_t& last_first_ns) {
  coder.value(kCounter, record.counter, last_counter + 1);
  last_counter = record.counter;

  std::uint64_t before_ns = last_first_ns;
  bool first = true;
  for (unsigned i = 0; i < WGT_HOPS; i++) {
    auto& hop_ns = record.hop_ns[i];
    coder.value(first ? kFirstHop : static_cast<Column>(kHop + i - 1), hop_ns, before_ns);
    if (hop_ns == 0) continue;
    if (first) last_first_ns = hop_ns;
    before_ns = hop_ns;
    first = false;
  }

  wgt_tuple& inner = record.inner;
  const std::uint32_t headers = inner.version == 6 ? 72 : 52;  // IP, TCP and its timestamps
  const std::uint32_t sent = last.inner.len > headers ? last.inner.len - headers : 0;
  coder.value(kInnerId, inner.id, last.inner.id + 1U);
  coder.value(kInnerLen, inner.len, last.inner.len);
  coder.value(kInnerSeq, inner.seq, last.inner.seq + sent);
  coder.value(kInnerFlags, inner.tcp_flags, last.inner.tcp_flags);
  const std::uint32_t moved = padded(inner.len) - padded(last.inner.len);
  last.inner = {inner.len, inner.seq, inner.id, inner.tcp_flags};

  wgt_tuple& outer = record.outer;
  coder.value(kOuterId, outer.id, last.outer.id + 1U);
  coder.value(kOuterLen, outer.len, last.outer.len + moved);
  coder.value(kOuterSeq, outer.seq, last.outer.seq);
  coder.value(kOuterFlags, outer.tcp_flags, last.outer.tcp_flags);
  last.outer = {outer.len, outer.seq, outer.id, outer.tcp_flags};

  coder.value(kSegment, record.gso_segment, last.segment + 1U);
  coder.value(kSegments, record.gso_segments, last.segments);
  last.segment = record.gso_segment;
  last.segments = record.gso_segments;
}

}  // namespace wgt::recording
