// SPDX-License-Identifier: GPL-2.0-only
// A host whose records come over a network: late, and perhaps not any more.
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

struct LateHost : TwoHosts {
  LateHost() {
    // A round trip of 2 ms: the clocks are compared to within 1 ms.
    now = static_cast<std::int64_t>(kStart);
    join.compare_clocks(a, kStart, b, on_beta(kStart) + kMs);
    join.compare_clocks(b, on_beta(kStart) + kMs, a, kStart + 2 * kMs);
    beta_reported(kStart);
  }
  void beta_reported(std::uint64_t alpha_ns) { join.seen_until(b, on_beta(alpha_ns)); }
};

TEST_F(LateHost, IsWaitedForBeforeAnythingIsCalledLost) {
  join.add(a, tx_ab(0));
  pass(60 * kSecond);
  EXPECT_TRUE(paths.empty());
  join.add(b, rx_ab(0));
  beta_reported(static_cast<std::uint64_t>(now));
  pass_grace();
  beta_reported(static_cast<std::uint64_t>(now));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  EXPECT_TRUE(only().tx && only().rx);
}

TEST_F(LateHost, WhatItNeverSawIsLostOnceItToldSoFar) {
  join.add(a, tx_ab(0));
  pass(60 * kSecond);
  beta_reported(static_cast<std::uint64_t>(now));
  pass(kMs);
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(LateHost, JustBeforeItToldSoFarNothingIsLost) {
  join.add(a, tx_ab(0));
  join.advance(now);
  const std::int64_t due = now + JoinOptions{}.hold_ns;
  now += 60 * kSecond;
  // Earlier by what the clocks may be off.
  beta_reported(static_cast<std::uint64_t>(due));
  join.advance(now);
  EXPECT_TRUE(paths.empty());
  beta_reported(static_cast<std::uint64_t>(due + 100 * kMs));
  join.advance(now);
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(LateHost, ThatIsGoneHoldsNothingBackAndProvesNothing) {
  join.add(a, tx_ab(0));
  pass(kSecond);
  event::HostInfo ended = beta();
  ended.watch_ended_mono_ns = on_beta(kStart);
  join.update_host(b, ended);
  join.seen_until(b, std::nullopt);
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kStillOpen);
}

TEST_F(LateHost, ItsClockIsKnownFromRoundTripsAlone) {
  const auto offset = join.clock_offset(a, b, kStart);
  ASSERT_TRUE(offset);
  EXPECT_LE(std::abs(offset->ns - kOffset), static_cast<std::int64_t>(offset->error_ns));
  EXPECT_LE(offset->error_ns, static_cast<std::uint64_t>(kMs + kMs / 100));
}

}  // namespace
}  // namespace wgt::join
