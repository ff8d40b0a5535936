// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/hs.h"

#include <string_view>

namespace wgt::event {
namespace {

constexpr std::string_view kIds[kHsCount] = {
    "none",
#define WGT_HS(number, name, id) id,
#include "bpf/abi/handshakes.def"
#undef WGT_HS
};

#define WGT_HS(number, name, id) \
  static_assert(kIds[number] == (id), "handshakes.def counts up from 1 without gaps");
#include "bpf/abi/handshakes.def"
#undef WGT_HS

}  // namespace

Hs known_hs(unsigned number) { return number < kHsCount ? static_cast<Hs>(number) : Hs::NONE; }

std::string hs_id(Hs what) { return std::string(kIds[static_cast<std::size_t>(what)]); }

std::ostream& operator<<(std::ostream& out, Hs what) { return out << hs_id(what); }

bool is_result(Hs what) { return kIds[static_cast<std::size_t>(what)].starts_with("hs."); }

}  // namespace wgt::event
