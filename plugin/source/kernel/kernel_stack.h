// SPDX-License-Identifier: GPL-2.0-only
// How the kernel came to free a packet.
#pragma once

#include <cstdint>
#include <string>

#include "plugin/source/kernel/bpffs.h"

namespace wgt::kernel {

// The functions of a stack in map wgt_stacks, the innermost first, separated by spaces, without
// those of the tracepoint itself. Empty if there is no such stack, or no symbols.
std::string read_stack(const PinDirectory& pins, std::uint32_t key);

}  // namespace wgt::kernel
