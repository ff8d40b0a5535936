// SPDX-License-Identifier: GPL-2.0-only
// Numbers that stand for kernel addresses on the wire. The addresses stay at home: with them the
// kernel's address randomisation would be void.
#pragma once

#include <array>
#include <cstdint>

namespace wgt::session {

class LocationNumbers {
 public:
  LocationNumbers();  // other numbers each time

  // The same for the same address; 0 only for 0. 32 bits.
  std::uint64_t of(std::uint64_t address) const;

 private:
  std::array<std::uint8_t, 16> key_{};
};

}  // namespace wgt::session
