// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/function_places.h"

#include <sys/utsname.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <set>

#include "plugin/source/kernel/hook_table.h"
#include "plugin/source/kernel/kernel_constants.h"
#include "plugin/source/kernel/symbol_lookup.h"

namespace wgt::kernel {
namespace {

// Before 6.3 an fentry target is looked up by name in the kernel and every module, first match wins
// (verifier.c, kallsyms_lookup_name): there all functions of a name must be known. It also took
// the kernel as long to find one name as to list them all (kallsyms.c is sorted by name from 6.2).
bool attaches_by_name_only() {
  utsname names{};
  int major = 0, minor = 0;
  if (::uname(&names) != 0 || std::sscanf(names.release, "%d.%d", &major, &minor) != 2) return true;
  return major < 6 || (major == 6 && minor < 3);
}

std::set<std::string_view> names() {
  std::set<std::string_view> all;
  for (const Hook& hook : hooks())
    if (hook.how != How::kTpBtf) all.insert(hook.symbol);
  for (const NamedRange& range : named_ranges()) all.insert(range.symbol);
  return all;
}

// WireGuard's functions whose names others could have.
constexpr std::string_view kPlainNames[] = {"send4", "send6", "encrypt_packet", "decrypt_packet"};

}  // namespace

std::optional<PrintedPlace> parse_place(std::string_view text) {
  constexpr std::string_view kBefore = "+0x0/0x";
  const auto at = text.find(kBefore);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kBefore.size());
  PrintedPlace place;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), place.bytes, 16);
  if (error != std::errc() || place.bytes == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(" [") && text.ends_with("]")) place.module = text.substr(2, text.size() - 3);
  return place;
}

Result<FunctionPlaces> FunctionPlaces::from_kallsyms() {
  WGT_TRY(const auto symbols, KernelSymbols::get());
  FunctionPlaces self;
  for (const std::string_view name : names())
    self.places_.emplace(name, Place{symbols->count(name), symbols->range(name)});
  return self;
}

Result<FunctionPlaces> FunctionPlaces::find() {
  if (attaches_by_name_only()) return from_kallsyms();
  const std::set<std::string_view> wanted = names();
  const auto found = look_up_symbols({wanted.begin(), wanted.end()});
  if (!found) return from_kallsyms();
  FunctionPlaces self;
  std::map<std::string_view, std::string_view> modules;
  for (const FoundSymbol& symbol : *found) {
    if (symbol.error == ENOENT) continue;
    const auto place = parse_place(symbol.place);
    if (symbol.error != 0 || !place) return from_kallsyms();
    modules.emplace(symbol.name, place->module);
    self.places_.emplace(symbol.name,
                         Place{1, AddressRange{symbol.address, symbol.address + place->bytes}});
  }
  for (const std::string_view name : kPlainNames)
    if (modules.contains(name) && modules[name] != modules["wg_xmit"]) return from_kallsyms();
  return self;
}

Result<const FunctionPlaces*> FunctionPlaces::get() {
  static std::optional<FunctionPlaces> kept;
  if (!kept) {
    WGT_TRY(kept, find());
  }
  return &*kept;
}

unsigned FunctionPlaces::count(std::string_view name) const {
  const auto found = places_.find(name);
  return found == places_.end() ? 0 : found->second.count;
}

std::optional<AddressRange> FunctionPlaces::range(std::string_view name) const {
  const auto found = places_.find(name);
  return found == places_.end() ? std::nullopt : found->second.range;
}

}  // namespace wgt::kernel
