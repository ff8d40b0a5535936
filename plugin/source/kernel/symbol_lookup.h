// SPDX-License-Identifier: GPL-2.0-only
// Runs bpf/symbols.bpf.c.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wgtools/base/result.h"

namespace wgt::kernel {

struct FoundSymbol {
  std::string_view name;  // as asked
  std::uint64_t address = 0;
  std::string place;  // as printk's %pS says it
  int error = 0;      // an errno. ENOENT: there is none; EPERM: addresses are hidden
};

// At most WGT_MAX_SYMBOLS names, which the answers point to. kSystem if the kernel can't be asked.
Result<std::vector<FoundSymbol>> look_up_symbols(const std::vector<std::string_view>& names);

}  // namespace wgt::kernel
