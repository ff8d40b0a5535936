// SPDX-License-Identifier: GPL-2.0-only
// (receiver index, counter): what stands in clear in a data message, and what
// both hosts know a packet by.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace wgt::event {

struct PacketKey {
  std::uint32_t receiver_index = 0;
  std::uint64_t counter = 0;
  auto operator<=>(const PacketKey&) const = default;
};

// Counters of one session are consecutive: spread them (splitmix64).
struct PacketKeyHash {
  std::size_t operator()(const PacketKey& key) const {
    std::uint64_t x = key.counter + (std::uint64_t{key.receiver_index} << 32U);
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
  }
};

}  // namespace wgt::event
