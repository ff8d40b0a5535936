// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/probe/kernel_symbols.h"

#include <cctype>
#include <fstream>
#include <sstream>

namespace wgt::probe {

Result<KernelSymbols> KernelSymbols::load() {
  std::ifstream file("/proc/kallsyms");
  if (!file) return errno_error("open", "/proc/kallsyms");
  KernelSymbols symbols;
  for (std::string line; std::getline(file, line);) {
    // "ffffffffc0a1b2c0 t wg_xmit\t[wireguard]"
    std::istringstream fields(line);
    std::uint64_t address = 0;
    char type = 0;
    std::string name;
    if (!(fields >> std::hex >> address >> type >> name) || address == 0) continue;
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(type)));
    if (lower != 't' && lower != 'w') continue;
    symbols.functions_.emplace(address, name);
    symbols.addresses_.emplace(std::move(name), address);
  }
  return symbols;
}

unsigned KernelSymbols::count(std::string_view name) const {
  const auto [first, last] = addresses_.equal_range(name);
  return static_cast<unsigned>(std::distance(first, last));
}

std::optional<AddressRange> KernelSymbols::range(std::string_view name) const {
  const auto found = addresses_.find(name);
  if (found == addresses_.end()) return std::nullopt;
  const auto next = functions_.upper_bound(found->second);
  if (next == functions_.end()) return std::nullopt;
  return AddressRange{found->second, next->first};
}

std::optional<std::string> KernelSymbols::function_at(std::uint64_t address) const {
  auto next = functions_.upper_bound(address);
  if (next == functions_.begin()) return std::nullopt;
  --next;
  // Further than any function is long: the address is in no symbol we know.
  constexpr std::uint64_t kLongestFunction = 1 << 20;
  if (address - next->first > kLongestFunction) return std::nullopt;
  return next->second;
}

}  // namespace wgt::probe
