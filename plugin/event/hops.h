// SPDX-License-Identifier: GPL-2.0-only
// What differs by the kind of a record: the hop times, which TX and RX keep in the same slots, and
// what `inner` is.
#pragma once

#include <cstdint>
#include <span>

#include "bpf/abi/record.h"
#include "plugin/event/verdict.h"

namespace wgt::event {

// Far beyond any uptime, and small enough that sums and differences of a few
// times never overflow: hostile files and peers are read, too.
inline constexpr std::uint64_t kMaxMonoNs = std::uint64_t{1} << 60U;

// The slots of hop_ns that a record of this kind uses, in path order. A
// WGT_DROP can carry a time in any slot.
std::span<const std::uint8_t> hop_slots(std::uint8_t kind);

// CLOCK_MONOTONIC of the first and last observed hop; 0 when none was.
std::uint64_t first_hop_ns(const wgt_record& record);
std::uint64_t last_hop_ns(const wgt_record& record);

// The same for a foreign number as known_verdict().
inline VerdictId verdict_of(const wgt_record& record) { return known_verdict(record.verdict); }

// Whether record.inner is the packet in the tunnel, not the ICMP error about the one around it.
bool is_about_inner(const wgt_record& record);

}  // namespace wgt::event
