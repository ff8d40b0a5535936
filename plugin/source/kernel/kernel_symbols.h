// SPDX-License-Identifier: GPL-2.0-only
// /proc/kallsyms: where functions lie, and which function an address is in.
// Needs CAP_SYSLOG (root), else every address reads as 0; with kernel.kptr_restrict = 2 for root,
// too.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wgtools/base/result.h"

namespace wgt::kernel {

struct AddressRange {
  std::uint64_t begin = 0;  // first byte
  std::uint64_t end = 0;    // first byte of the next symbol
};

class KernelSymbols {
 public:
  // Read at the first call, then kept: over 100,000 lines, slow for the kernel to write.
  // Errors: kUnsupported if the addresses are hidden.
  static Result<std::shared_ptr<const KernelSymbols>> get();
  // Of the file's text.
  static Result<KernelSymbols> parse(std::string text);

  // How often the name occurs as a function, in the kernel and all modules.
  unsigned count(std::string_view name) const;
  std::optional<AddressRange> range(std::string_view name) const;
  // The function around the address; nullopt if it lies in none.
  std::optional<std::string> function_at(std::uint64_t address) const;

 private:
  static Result<KernelSymbols> load();

  struct Function {
    std::uint64_t address;
    std::string_view name;  // into text_
  };
  std::unique_ptr<std::string> text_;
  std::vector<Function> functions_;  // by address
};

}  // namespace wgt::kernel
