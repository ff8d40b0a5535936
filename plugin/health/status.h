// SPDX-License-Identifier: GPL-2.0-only
// Is the tunnel to a peer up? From the kernel's own timers and the handshakes, not from the age of
// the last one: an idle tunnel makes none, and is healthy.
#pragma once

#include "plugin/health/report.h"

namespace wgt::health {

struct State {
  Status status;
  std::uint64_t since_mono_ns = 0;  // CLOCK_MONOTONIC; 0: not known
};

// Never kDegraded: that takes the findings.
State state_of(const PeerFacts& peer, const InterfaceFacts& facts);

}  // namespace wgt::health
