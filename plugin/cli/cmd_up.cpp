// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/tracing.h"
#include "plugin/cli/target.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/kernel_caps.h"

namespace wgt::cli {

namespace {

// A peer that the kernel side did not write into its map has no sums in `show`.
void warn_of_unknown_peers(const std::string& interface, const app::Began& began) {
  if (began.peers_known >= began.peers) return;
  sink::say("wg-trace: of " + std::to_string(began.peers) + " peers of " + interface + " only " +
            std::to_string(began.peers_known) +
            " are known to the kernel side: its table is full, "
            "or it can't see them (wg-trace hooks: wgt_seed)");
}

}  // namespace

Result<ExitCode> run_up(const Arguments& arguments) {
  if (arguments.words.size() != 1) return usage_error("name one interface");
  WGT_TRY_VOID(kernel::may_trace());
  WGT_TRY(const auto interface, app::find_interface(arguments.words[0], arguments.netns));
  WGT_TRY(const auto pins, kernel::PinDirectory::find());
  const auto announce = [](const std::string& what) { sink::say("[#] " + what); };
  WGT_TRY(const app::Began began, app::begin_tracing(pins, interface, announce));
  announce(began.was_traced ? interface.label + " is traced already" : "trace " + interface.label);
  warn_of_unknown_peers(interface.device.name, began);
  return ExitCode::kDone;
}

}  // namespace wgt::cli
