// SPDX-License-Identifier: GPL-2.0-only
// Programs of ours that are attached. The kernel detaches what loses its pin or its holder behind
// the caller's back, one after the other, each after a grace period (bpf_link_free_deferred,
// ftrace_shutdown): until then they run, and keep WireGuard's module.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "plugin/source/kernel/bpffs.h"

namespace wgt::kernel {

using ProgramIds = std::vector<std::uint32_t>;

// Those of pinned links, and those that consumers hold. To be asked before the pins go.
ProgramIds attached_programs(const PinDirectory& pins);

// Waits until none of them is left; says how many are after that time. Not to be called with
// pins.lock() held: consumers need it to let go.
std::size_t wait_until_gone(ProgramIds programs, std::chrono::milliseconds at_most);

}  // namespace wgt::kernel
