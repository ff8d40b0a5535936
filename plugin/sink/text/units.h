// SPDX-License-Identifier: GPL-2.0-only
// Numbers as people read them; bytes and ages exactly as wg prints them.
#pragma once

#include <cstdint>
#include <string>

namespace wgt::sink {

std::string format_bytes(std::uint64_t bytes);  // "148 B", "1.21 KiB"
std::string format_age(std::int64_t age_s);     // "1 minute, 12 seconds ago", "Now"
std::string format_duration(std::int64_t ns);   // "13.9 µs", "20.1 ms", "1.5 s"

// Wall-clock times (CLOCK_REALTIME), always in UTC: hosts may be in several time zones.
std::string format_rfc3339(std::int64_t wall_ns);    // "2026-11-21T12:03:11.482913007Z"
std::string format_date_time(std::int64_t wall_ns);  // "2026-11-21 12:03:11.482913 UTC"
std::string format_clock(std::int64_t wall_ns);      // "12:03:11.482"

}  // namespace wgt::sink
