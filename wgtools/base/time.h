// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>

namespace wgt {

inline constexpr std::int64_t kNsPerSecond = 1'000'000'000;

}  // namespace wgt
