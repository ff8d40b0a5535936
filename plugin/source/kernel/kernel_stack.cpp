// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/kernel_stack.h"

#include <array>
#include <boost/algorithm/string/predicate.hpp>

#include "bpf/abi/state.h"
#include "plugin/source/kernel/kernel_symbols.h"
#include "plugin/source/kernel/maps.h"

namespace wgt::kernel {
namespace {

using Stack = std::array<std::uint64_t, WGT_STACK_DEPTH>;  // return addresses; 0: no more

bool is_tracing(const std::string& function) {
  for (const char* prefix : {"bpf_", "__bpf_", "__traceiter_", "trace_", "__traceprobe"})
    if (boost::algorithm::starts_with(function, prefix)) return true;
  return false;
}

}  // namespace

std::string read_stack(const PinDirectory& pins, std::uint32_t key) {
  const auto map = PinnedMap<std::uint32_t, Stack>::open(pins, "wgt_stacks");
  const auto symbols = KernelSymbols::get();
  const auto stack = map ? map->get(key) : std::nullopt;
  if (!stack || !symbols) return {};
  std::string functions;
  for (const std::uint64_t address : *stack) {
    if (address == 0) break;
    // The instruction before the one that it returns to is the call.
    const auto name = (*symbols)->function_at(address - 1);
    if (!name || (functions.empty() && is_tracing(*name))) continue;
    if (!functions.empty()) functions += ' ';
    functions += *name;
  }
  return functions;
}

}  // namespace wgt::kernel
