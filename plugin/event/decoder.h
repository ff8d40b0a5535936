// SPDX-License-Identifier: GPL-2.0-only
// Bytes of the ring buffer, a recording or a session become a wgt_record here
// and nowhere else: whoever holds a decoded record may trust its enumerators.
// Pure: no clock, no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "bpf/abi/record.h"
#include "wgtools/base/result.h"

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

// Errors: kVersion for another ABI, kCorrupt for the rest.
Result<wgt_record> decode(std::span<const std::byte> bytes, DecodeStats& stats);

}  // namespace wgt::event
