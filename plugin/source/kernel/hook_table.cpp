// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/hook_table.h"

namespace wgt::kernel {

namespace {

// The words of hooks.def.
constexpr auto FENTRY = How::kFentry;
constexpr auto FEXIT = How::kFexit;
constexpr auto KPROBE = How::kKprobe;
constexpr auto TP_BTF = How::kTpBtf;
constexpr auto ALWAYS = When::kAlways;
constexpr auto WATCHED = When::kWatched;
constexpr auto MUST = Need::kMust;
constexpr auto MAY = Need::kMay;

#define WGT_HOOK(program, how, symbol, when, need, tells) \
  Hook{#program, how, #symbol, when, need, tells},
constexpr Hook kHooks[] = {
#include "bpf/hooks.def"
};
#undef WGT_HOOK

}  // namespace

std::span<const Hook> hooks() { return kHooks; }

std::string_view how_name(How how) {
  switch (how) {
    case How::kFentry:
      return "fentry";
    case How::kFexit:
      return "fexit";
    case How::kKprobe:
      return "kprobe";
    case How::kTpBtf:
      return "tp_btf";
  }
  return "?";
}

}  // namespace wgt::kernel
