// SPDX-License-Identifier: GPL-2.0-only
// The kernel's clocks, in nanoseconds.
#pragma once

#include <time.h>

#include <cstdint>

#include "wgtools/base/time.h"

namespace wgt {

inline std::int64_t clock_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * kNsPerSecond + now.tv_nsec;
}

// CLOCK_MONOTONIC, as bpf_ktime_get_ns() reads it.
inline std::uint64_t mono_ns() { return static_cast<std::uint64_t>(clock_ns(CLOCK_MONOTONIC)); }

// CLOCK_REALTIME - CLOCK_MONOTONIC: of several readings the one that was interrupted least.
inline std::int64_t wall_minus_mono_ns() {
  std::int64_t best = 0;
  std::int64_t shortest = INT64_MAX;
  for (int i = 0; i < 20; i++) {
    const std::int64_t before = clock_ns(CLOCK_MONOTONIC);
    const std::int64_t wall = clock_ns(CLOCK_REALTIME);
    const std::int64_t took = clock_ns(CLOCK_MONOTONIC) - before;
    if (took >= shortest) continue;
    shortest = took;
    best = wall - before - took / 2;
  }
  return best;
}

}  // namespace wgt
