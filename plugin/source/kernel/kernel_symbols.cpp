// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/kernel_symbols.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace wgt::kernel {

namespace {

constexpr const char* kKallsyms = "/proc/kallsyms";

// "ffffffffc0a1b2c0 t wg_xmit\t[wireguard]": address, type, name.
constexpr std::size_t kAddressDigits = 16;
constexpr std::size_t kTypeAt = kAddressDigits + 1;
constexpr std::size_t kNameAt = kTypeAt + 2;

bool is_function(char type) { return type == 't' || type == 'T' || type == 'w' || type == 'W'; }

}  // namespace

Result<std::shared_ptr<const KernelSymbols>> KernelSymbols::get() {
  static std::shared_ptr<const KernelSymbols> kept;
  if (!kept) {
    WGT_TRY(auto loaded, load());
    kept = std::make_shared<const KernelSymbols>(std::move(loaded));
  }
  return kept;
}

Result<KernelSymbols> KernelSymbols::load() {
  std::ifstream file(kKallsyms);
  if (!file) return errno_error("open", kKallsyms);
  std::ostringstream all;
  all << file.rdbuf();
  return parse(std::move(all).str());
}

Result<KernelSymbols> KernelSymbols::parse(std::string text) {
  KernelSymbols symbols;
  symbols.text_ = std::make_unique<std::string>(std::move(text));
  bool hidden = false;
  std::string_view rest = *symbols.text_;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.size() <= kNameAt || !is_function(line[kTypeAt])) continue;
    std::uint64_t address = 0;
    std::from_chars(line.data(), line.data() + kAddressDigits, address, 16);
    if (address == 0) {
      hidden = true;
      continue;
    }
    const std::string_view name = line.substr(kNameAt);
    symbols.functions_.push_back({address, name.substr(0, name.find('\t'))});
  }
  if (hidden && symbols.functions_.empty())
    return make_error(
        Errc::kUnsupported,
        "this kernel hides where its functions are (every address in /proc/kallsyms "
        "is 0), and by that drops are told apart; try: sysctl kernel.kptr_restrict=1");
  std::sort(symbols.functions_.begin(), symbols.functions_.end(),
            [](const Function& a, const Function& b) { return a.address < b.address; });
  return symbols;
}

unsigned KernelSymbols::count(std::string_view name) const {
  return static_cast<unsigned>(std::count_if(functions_.begin(), functions_.end(),
                                             [&](const Function& f) { return f.name == name; }));
}

std::optional<AddressRange> KernelSymbols::range(std::string_view name) const {
  const auto found = std::find_if(functions_.begin(), functions_.end(),
                                  [&](const Function& f) { return f.name == name; });
  if (found == functions_.end()) return std::nullopt;
  const auto next = std::find_if(found, functions_.end(),
                                 [&](const Function& f) { return f.address > found->address; });
  if (next == functions_.end()) return std::nullopt;
  return AddressRange{found->address, next->address};
}

std::optional<std::string> KernelSymbols::function_at(std::uint64_t address) const {
  auto next =
      std::upper_bound(functions_.begin(), functions_.end(), address,
                       [](std::uint64_t wanted, const Function& f) { return wanted < f.address; });
  if (next == functions_.begin()) return std::nullopt;
  --next;
  // Further than any function is long: the address is in no symbol we know.
  constexpr std::uint64_t kLongestFunction = 1U << 20U;
  if (address - next->address > kLongestFunction) return std::nullopt;
  return std::string(next->name);
}

}  // namespace wgt::kernel
