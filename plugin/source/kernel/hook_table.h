// SPDX-License-Identifier: GPL-2.0-only
// bpf/hooks.def as a C++ table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace wgt::kernel {

enum class How : std::uint8_t { kFentry, kFexit, kKprobe, kTpBtf };
enum class When : std::uint8_t { kAlways, kWatched };
enum class Need : std::uint8_t { kMust, kMay };

struct Hook {
  std::string_view program;  // name of the BPF program, at most 15 characters
  How how;
  std::string_view symbol;  // kernel function or tracepoint
  When when;
  Need need;
  std::string_view tells;  // what cannot be told without it
};

std::span<const Hook> hooks();
std::string_view how_name(How how);

}  // namespace wgt::kernel
