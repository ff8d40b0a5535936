// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/facts.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace wgt::health {
namespace {

// timers.c, wg_timers_data_sent(): KEEPALIVE_TIMEOUT + REKEY_TIMEOUT, and up to 1/3 s.
constexpr std::int64_t kNewHandshakeMs = 15'000;

}  // namespace

unsigned hz_from(std::uint64_t jiffies, std::uint64_t mono_ns) {
  constexpr unsigned kPossible[] = {100, 250, 300, 1000};
  const double seconds = static_cast<double>(mono_ns) / 1e9;
  unsigned best = kPossible[0];
  double least = HUGE_VAL;
  for (const unsigned hz : kPossible) {
    const double start = 4294967296.0 - 300.0 * hz;
    const double error = std::abs((static_cast<double>(jiffies) - start) / hz - seconds);
    if (error < least) {
      least = error;
      best = hz;
    }
  }
  return best;
}

std::optional<std::int64_t> unanswered_ms(const wgt_peer_now& now, unsigned hz) {
  if (now.new_handshake_at == 0) return std::nullopt;
  const auto left =
      static_cast<std::int64_t>(now.new_handshake_at) - static_cast<std::int64_t>(now.jiffies);
  return std::max<std::int64_t>(kNewHandshakeMs - left * 1000 / static_cast<std::int64_t>(hz), 0);
}

Endpoint to_endpoint(const wgt_endpoint& endpoint) {
  Endpoint result;
  const std::span<const std::uint8_t, 16> bytes(endpoint.address);
  if (endpoint.version == 4) result.address = make_ipv4(bytes.first<4>());
  if (endpoint.version == 6) result.address = make_ipv6(bytes);
  result.port = static_cast<std::uint16_t>(endpoint.port << 8U | endpoint.port >> 8U);
  return result;
}

}  // namespace wgt::health
