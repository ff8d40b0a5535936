// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/tracing.h"

#include <string>

#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/handshakes.h"
#include "plugin/source/kernel/kernel_caps.h"
#include "plugin/source/kernel/totals.h"

namespace wgt::app {

Result<Began> begin_tracing(const kernel::PinDirectory& pins, const Interface& interface,
                            const kernel::Announce& announce) {
  WGT_TRY_VOID(kernel::can_trace());
  WGT_TRY(const std::uint64_t errors, rx_errors(interface));
  auto started = kernel::up(pins, interface.key, errors, announce);
  if (!started) return with_context(started.error(), "trace " + interface.label);
  if (*started) {
    WGT_TRY_VOID(kernel::forget_handshakes(pins, interface.key));
  }
  // The kernel side learns from this dump what only the kernel knows: sessions, port. Whoever
  // began to trace it may have been killed before that.
  wg::Device device;
  WGT_TRY(const auto sessions, kernel::seed_sessions(pins, interface.key, [&]() -> Result<void> {
            WGT_TRY(device, dump(interface));
            return {};
          }));
  if (*started) {
    WGT_TRY_VOID(kernel::forget_counts(pins, interface.key, sessions));
  }
  return Began{!*started, device.peers.size(), sessions.size()};
}

SignalsWait::SignalsWait() {
  sigemptyset(&held_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held_, signal);
  ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
}

void SignalsWait::let_through() const { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
void SignalsWait::hold() const { ::pthread_sigmask(SIG_BLOCK, &held_, nullptr); }

SignalsWait::~SignalsWait() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

Result<std::unique_ptr<TracedMeanwhile>> TracedMeanwhile::begin(const kernel::PinDirectory& pins,
                                                                const Interface& interface) {
  bool changed = false;  // nothing is announced of one that is traced already
  auto began = begin_tracing(pins, interface, [&](const std::string&) { changed = true; });
  if (!began) {
    if (changed) (void)kernel::down(pins, interface.key, [](const std::string&) {});
    return began.error();
  }
  return std::unique_ptr<TracedMeanwhile>(new TracedMeanwhile(pins, interface, !began->was_traced));
}

TracedMeanwhile::~TracedMeanwhile() {
  if (!ours_) return;
  const auto down = kernel::down(pins_, interface_.key, [](const std::string&) {});
  if (!down) sink::say("wg-trace: " + interface_.label + " stays traced: " + down.error().text);
}

}  // namespace wgt::app
