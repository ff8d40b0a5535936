// SPDX-License-Identifier: GPL-2.0-only
// Two hosts with one tunnel between them: alpha's wg0 (key A) and beta's wg0
// (key B), their clocks apart by kOffset, and a join that collects its paths.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/join/knowledge.h"
#include "plugin/join/path_join.h"
#include "tests/support/event_builder.h"

namespace wgt::join::test {

using event::Received;
using event::Sent;
using event::StackDrop;
using wgt::test::drop;
using wgt::test::EventBuilder;
using wgt::test::rx;
using wgt::test::test_key;
using wgt::test::tx;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kWall = 1'700'000'000 * kSecond;
// Beta was booted this much earlier; its monotonic clock is ahead.
constexpr std::int64_t kOffset = 5'000 * kSecond;
constexpr std::uint64_t kStart = 100 * kSecond;  // on alpha's clock

inline const wg::PublicKey kA = test_key(0xa);
inline const wg::PublicKey kB = test_key(0xb);
constexpr event::DeviceKey kDeviceA = {1000, 1};
constexpr event::DeviceKey kDeviceB = {2000, 2};

inline event::HostInfo alpha() {
  event::HostInfo host;
  host.hostname = "alpha";
  host.boot_id = "boot-a";
  host.wall_minus_mono_ns = kWall;
  host.devices = {{kDeviceA, std::nullopt, "wg0", kA}};
  return host;
}

inline event::HostInfo beta() {
  event::HostInfo host;
  host.hostname = "beta";
  host.boot_id = "boot-b";
  host.wall_minus_mono_ns = kWall - kOffset;
  host.devices = {{kDeviceB, std::nullopt, "wg0", kB}};
  return host;
}

inline std::uint64_t on_beta(std::uint64_t alpha_ns) {
  return alpha_ns + static_cast<std::uint64_t>(kOffset);
}

// Alpha to beta, at a time on alpha's clock.
inline EventBuilder<Sent> tx_ab(std::uint64_t counter, std::uint64_t at = kStart) {
  return tx().device(kDeviceA).peer(kB).counter(counter).at(at);
}
// What beta sees of it 1 ms later.
inline EventBuilder<Received> rx_ab(std::uint64_t counter, std::uint64_t sent = kStart) {
  return rx().device(kDeviceB).peer(kA).counter(counter).at(on_beta(sent) + kMs);
}
// Beta to alpha, with beta's index for the session.
inline EventBuilder<Sent> tx_ba(std::uint64_t counter, std::uint64_t at = kStart) {
  return tx().device(kDeviceB).peer(kA).index(8).counter(counter).at(on_beta(at));
}
inline EventBuilder<Received> rx_ba(std::uint64_t counter, std::uint64_t sent = kStart) {
  return rx().device(kDeviceA).peer(kB).index(8).counter(counter).at(sent + kMs);
}

struct TwoHosts : ::testing::Test {
  TwoHosts() { join.advance(now); }

  // The round ends, and time passes.
  void pass(std::int64_t ns) {
    join.advance(now);
    join.advance(now += ns);
  }
  void pass_hold() { pass(JoinOptions{}.hold_ns); }
  void pass_grace() { pass(JoinOptions{}.grace_ns); }

  // The one path that came out.
  const JoinedPath& only() {
    EXPECT_EQ(paths.size(), 1U);
    static const JoinedPath kNone;
    return paths.empty() ? kNone : paths.front();
  }

  std::vector<JoinedPath> paths;
  PathJoin join{JoinOptions{}, [this](const JoinedPath& path) {
                  paths.push_back(path);
                  return true;
                }};
  HostId a = join.add_host(alpha());
  HostId b = join.add_host(beta());
  std::int64_t now = 50 * kSecond;
};

// Whoever is not seen was not there.
class NothingMissing final : public Knowledge {
 public:
  Basis absent_rx(const Observed&) const override { return Basis::kOnlyExplanation; }
  Basis absent_rest(const Observed&) const override { return Basis::kOnlyExplanation; }
  std::optional<OffsetEstimate> offset(HostId, HostId, std::uint64_t) const override {
    return std::nullopt;
  }
};

}  // namespace wgt::join::test
