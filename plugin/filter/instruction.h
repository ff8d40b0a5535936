// SPDX-License-Identifier: GPL-2.0-only
// One instruction of classic BPF, as in struct bpf_insn: what a compiled filter is made of.
#pragma once

#include <cstdint>

namespace wgt::filter {

struct Instruction {
  std::uint16_t code = 0;
  std::uint8_t jt = 0;
  std::uint8_t jf = 0;
  std::uint32_t k = 0;
  friend bool operator==(const Instruction&, const Instruction&) = default;
};

}  // namespace wgt::filter
