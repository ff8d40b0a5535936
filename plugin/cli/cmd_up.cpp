// SPDX-License-Identifier: GPL-2.0-only
#include <cstddef>

#include "plugin/cli/target.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/handshakes.h"
#include "plugin/source/kernel/kernel_caps.h"
#include "plugin/source/kernel/totals.h"
#include "plugin/source/kernel/tracer.h"

namespace wgt::cli {

namespace {

// A peer that the kernel side did not write into its map has no sums in `show`.
void warn_of_unknown_peers(const wg::Device& device, std::size_t known) {
  if (known >= device.peers.size()) return;
  sink::say("wg-trace: of " + std::to_string(device.peers.size()) + " peers of " + device.name +
            " only " + std::to_string(known) +
            " are known to the kernel side: its table is full, "
            "or it can't see them (wg-trace hooks: wgt_seed)");
}

}  // namespace

Result<ExitCode> run_up(const Arguments& arguments) {
  if (arguments.words.size() != 1) return usage_error("name one interface");
  WGT_TRY_VOID(kernel::may_trace());
  WGT_TRY(const auto interface, app::find_interface(arguments.words[0], arguments.netns));
  WGT_TRY_VOID(kernel::can_trace());
  WGT_TRY(const auto pins, kernel::PinDirectory::find());
  WGT_TRY(const std::uint64_t errors, app::rx_errors(interface));
  const auto announce = [](const std::string& what) { sink::say("[#] " + what); };
  auto started = kernel::up(pins, interface.key, errors, announce);
  if (!started) return with_context(started.error(), "trace " + interface.label);
  if (*started) {
    WGT_TRY_VOID(kernel::forget_handshakes(pins, interface.key));
  }
  // The kernel side learns from this dump what only the kernel knows: sessions, port. Whoever
  // began to trace it may have been killed before that.
  wg::Device device;
  WGT_TRY(const auto sessions, kernel::seed_sessions(pins, interface.key, [&]() -> Result<void> {
            WGT_TRY(device, app::dump(interface));
            return {};
          }));
  if (*started) {
    WGT_TRY_VOID(kernel::forget_counts(pins, interface.key, sessions));
    announce("trace " + interface.label);
  } else {
    announce(interface.label + " is traced already");
  }
  warn_of_unknown_peers(device, sessions.size());
  return ExitCode::kDone;
}

}  // namespace wgt::cli
