// SPDX-License-Identifier: GPL-2.0-only
// Where the functions lie that we attach to, or compare addresses with. Asked of the kernel by name
// (bpf/symbols.bpf.c), which takes a tenth of reading /proc/kallsyms; that is the way back.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/source/kernel/kernel_symbols.h"
#include "wgtools/base/result.h"

namespace wgt::kernel {

class FunctionPlaces {
 public:
  // Of the symbols of hooks.def and the others that the kernel side knows of. Kept after the first
  // call. Errors: kUnsupported if the addresses are hidden.
  static Result<const FunctionPlaces*> get();

  // How many functions have the name. More than one is told only of kernels that would attach to
  // whichever comes first.
  unsigned count(std::string_view name) const;
  std::optional<AddressRange> range(std::string_view name) const;

 private:
  struct Place {
    unsigned count = 0;
    std::optional<AddressRange> range;
  };
  static Result<FunctionPlaces> find();
  static Result<FunctionPlaces> from_kallsyms();

  std::map<std::string, Place, std::less<>> places_;
};

// Of printk's %pS: "wg_xmit+0x0/0x4d0 [wireguard]".
struct PrintedPlace {
  std::uint64_t bytes = 0;  // how long the function is
  std::string_view module;  // "": of the kernel itself
};
std::optional<PrintedPlace> parse_place(std::string_view text);

}  // namespace wgt::kernel
