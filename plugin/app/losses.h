// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace wgt::app {

inline std::uint64_t total_lost(const std::map<std::string, std::uint64_t>& by_cause) {
  std::uint64_t total = 0;
  for (const auto& [cause, count] : by_cause) total += count;
  return total;
}

}  // namespace wgt::app
