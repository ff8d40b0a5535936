// SPDX-License-Identifier: GPL-2.0-only
// wgt_constants: by which functions the kernel side tells drops apart.
#pragma once

#include <span>
#include <string_view>

#include "bpf/abi/state.h"

namespace wgt::kernel {

class FunctionPlaces;

struct NamedRange {
  std::string_view symbol;
  wgt_range& (*in)(wgt_constants& constants);
};

std::span<const NamedRange> named_ranges();

wgt_constants constants_of(const FunctionPlaces& places);

}  // namespace wgt::kernel
