// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>

namespace wgt {

// What a counter has counted since it stood at `before`. One that stands lower began anew, and
// has counted what it shows: never a negative number, which unsigned would be a huge one.
constexpr std::uint64_t counted_since(std::uint64_t now, std::uint64_t before) {
  return now >= before ? now - before : now;
}

}  // namespace wgt
