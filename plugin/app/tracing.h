// SPDX-License-Identifier: GPL-2.0-only
// Starting to trace an interface, for good or for as long as a command runs.
#pragma once

#include <csignal>
#include <memory>

#include "plugin/app/interface.h"
#include "plugin/source/kernel/bpffs.h"
#include "plugin/source/kernel/tracer.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct Began {
  bool was_traced = false;
  std::size_t peers = 0;        // of the interface
  std::size_t peers_known = 0;  // to the kernel side: its table may be full
};

// Idempotent. announce: what is changed.
Result<Began> begin_tracing(const kernel::PinDirectory& pins, const Interface& interface,
                            const kernel::Announce& announce);

// SIGINT, SIGTERM and SIGHUP wait while it lives, so that what was begun is ended, but for the time
// that somebody handles them.
class SignalsWait {
 public:
  SignalsWait();
  ~SignalsWait();
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;
  void let_through() const;
  void hold() const;

 private:
  sigset_t held_{};
  sigset_t before_{};
};

// Traces an interface that is not traced until this dies; one that is, stays so.
class TracedMeanwhile {
 public:
  // Both must outlive it.
  static Result<std::unique_ptr<TracedMeanwhile>> begin(const kernel::PinDirectory& pins,
                                                        const Interface& interface);
  ~TracedMeanwhile();
  TracedMeanwhile(const TracedMeanwhile&) = delete;
  TracedMeanwhile& operator=(const TracedMeanwhile&) = delete;

 private:
  TracedMeanwhile(const kernel::PinDirectory& pins, const Interface& interface, bool ours)
      : pins_(pins), interface_(interface), ours_(ours) {}

  const kernel::PinDirectory& pins_;
  const Interface& interface_;
  bool ours_;
};

}  // namespace wgt::app
