// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/facts.h"

#include <algorithm>

namespace wgt::health {
namespace {

// timers.c, wg_timers_data_sent(): KEEPALIVE_TIMEOUT + REKEY_TIMEOUT, and up to 1/3 s.
constexpr std::int64_t kNewHandshakeMs = 15'000;
constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace

std::optional<std::int64_t> unanswered_ms(const event::PeerNow& now) {
  if (!now.new_handshake_in_ns) return std::nullopt;
  return std::max<std::int64_t>(kNewHandshakeMs - *now.new_handshake_in_ns / kNsPerMs, 0);
}

}  // namespace wgt::health
