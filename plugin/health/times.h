// SPDX-License-Identifier: GPL-2.0-only
// How old a fact is, for rules.
#pragma once

#include <algorithm>

#include "plugin/health/facts.h"
#include "wgtools/base/time.h"

namespace wgt::health {

// noise.c: a session ends for good (REJECT_AFTER_TIME).
inline constexpr std::int64_t kSessionSeconds = 180;

// mono: CLOCK_MONOTONIC; 0 is never, and never recent.
inline bool is_recent(const InterfaceFacts& facts, std::uint64_t mono) {
  return mono != 0 && facts.clock.wall(mono) >= facts.since_wall_ns;
}

inline std::int64_t seconds_ago(const Clock& clock, std::uint64_t mono) {
  return std::max<std::int64_t>(clock.age_ns(mono), 0) / kNsPerSecond;
}

}  // namespace wgt::health
