// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <time.h>

#include <cstdint>

namespace wgt::probe {

inline std::int64_t clock_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// CLOCK_MONOTONIC, as bpf_ktime_get_ns() reads it.
inline std::uint64_t mono_ns() { return static_cast<std::uint64_t>(clock_ns(CLOCK_MONOTONIC)); }

}  // namespace wgt::probe
