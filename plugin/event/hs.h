// SPDX-License-Identifier: GPL-2.0-only
// What can happen to a handshake, as seen at one end: bpf/abi/handshakes.def as a type, spelled as
// there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

namespace wgt::event {

enum class Hs : std::uint8_t {
  NONE = 0,
#define WGT_HS(number, name, id) name = number,
#include "bpf/abi/handshakes.def"
#undef WGT_HS
};

// With NONE: the size of a table that is indexed by Hs.
inline constexpr std::size_t kHsCount = 1
#define WGT_HS(number, name, id) +1
#include "bpf/abi/handshakes.def"
#undef WGT_HS
    ;

// Foreign numbers (a newer recording) are NONE.
Hs known_hs(unsigned number);

std::string hs_id(Hs what);  // "hs.completed", a promise to users; NONE: "none"
std::ostream& operator<<(std::ostream& out, Hs what);

// A result, not a step on the way: its id begins with "hs.".
bool is_result(Hs what);

}  // namespace wgt::event
