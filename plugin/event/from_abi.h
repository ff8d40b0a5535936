// SPDX-License-Identifier: GPL-2.0-only
// What the kernel side writes (bpf/abi) becomes an Event here and nowhere else, whether it comes
// from the ring buffer, a recording or a session: whoever holds an Event may trust its enumerators
// and that no time overflows. Pure: no clock, no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "plugin/event/event.h"
#include "wgtools/base/result.h"

struct wgt_device_key;
struct wgt_record;
struct wgt_tuple;

namespace wgt::event {

// Bad records are data: counted by what was wrong with them first.
struct DecodeStats {
  std::uint64_t good = 0;
  std::uint64_t bad_size = 0;
  std::uint64_t bad_abi = 0;
  std::uint64_t bad_kind = 0;
  std::uint64_t bad_verdict = 0;
  std::uint64_t bad_tuple = 0;
  std::uint64_t bad_gso = 0;
  std::uint64_t bad_time = 0;

  std::uint64_t bad() const {
    return bad_size + bad_abi + bad_kind + bad_verdict + bad_tuple + bad_gso + bad_time;
  }
};

// Of the records that decode() reads; they stand in a recording's header.
extern const std::uint16_t kAbiVersion;
extern const std::size_t kRecordBytes;

// The bytes of one wgt_record, at any alignment. Errors: kVersion for another ABI, kCorrupt for
// the rest.
Result<Event> decode(std::span<const std::byte> bytes, DecodeStats& stats);
Result<Event> decode(const wgt_record& record, DecodeStats& stats);

DeviceKey from_abi(const wgt_device_key& key);
// wgt_record.drop_reason, or that of a counted drop, of NETWORK_REJECTED.
IcmpError icmp_error(std::uint32_t drop_reason);
// Of an unknown packet (version 0): Tuple{}.
Tuple from_abi(const wgt_tuple& tuple);

}  // namespace wgt::event
