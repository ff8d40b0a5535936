// SPDX-License-Identifier: GPL-2.0-only
// What the join remembers of paths that it published.
#include <algorithm>

#include "plugin/join/offline_knowledge.h"
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using PathPublish = TwoHosts;

TEST_F(PathPublish, ACopyAfterwardsIsAPathOfItsOwnAndAmendsNothing) {
  join.add(a, tx_ab(0));
  join.add(b, rx_ab(0));
  pass_grace();
  join.add(b, rx_ab(0).verdict(event::VerdictId::RX_REPLAY).at(on_beta(kStart) + 2 * kMs));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::RX_REPLAY);
  EXPECT_FALSE(paths[1].amends);
  // And the packet is still known behind it.
  join.add(
      b,
      drop(event::VerdictId::INNER_IN).device(kDeviceB).counter(0).at(on_beta(kStart) + 3 * kMs));
  pass_hold();
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[2].verdict, event::VerdictId::INNER_IN);
  ASSERT_TRUE(paths[2].amends);
  EXPECT_EQ(paths[2].amends->verdict, event::VerdictId::DELIVERED);
}

TEST_F(PathPublish, OfOneThatWasForgottenOnlyTheNumberIsKnown) {
  std::vector<JoinedPath> out;
  PathJoin small({.max_amendable = 0, .max_told = 1}, [&](const JoinedPath& path) {
    out.push_back(path);
    return true;
  });
  small.add_host(alpha());
  small.add_host(beta());
  small.advance(now);
  small.add(0, tx_ab(0));
  small.advance(now + 1);
  small.advance(now + 1 + JoinOptions{}.hold_ns);
  ASSERT_EQ(out.size(), 1U);
  small.add(1, rx_ab(0));
  small.finish();
  EXPECT_EQ(out.size(), 1U) << "not a second path of the same packet";
  EXPECT_EQ(small.stats().late_records, 1U);
}

TEST_F(PathPublish, TooManyBytesPutOutTheOldest) {
  std::vector<JoinedPath> out;
  PathJoin small({.max_bytes = 4096}, [&](const JoinedPath& path) {
    out.push_back(path);
    return true;
  });
  small.add_host(alpha());
  small.add_host(beta());
  small.advance(now);
  for (std::uint64_t i = 0; i < 1000; ++i) small.add(0, tx_ab(0, kStart + i));
  EXPECT_GE(out.size(), 1U) << "also when all are of one number";
  EXPECT_GE(small.stats().evicted, 1U);
}

// Recordings with more packets in a window than are kept: those that arrived make room.
TEST_F(PathPublish, WhatMayBeMissingGoesOnWaitingWhenRoomIsMade) {
  Recordings recordings;
  for (const event::HostInfo& info : {alpha(), beta()}) {
    RecordingLoader loader(recordings, info.hostname);
    loader.host(info);
    loader.finish({}, on_beta(kStart + 60 * kSecond));
  }
  const RecordedWatchers watchers(recordings);
  PathJoin recorded({.max_pending = 8, .recorded = &watchers}, [&](const JoinedPath& path) {
    paths.push_back(path);
    return true;
  });
  recorded.add_host(alpha());
  recorded.add_host(beta());
  recorded.add(0, tx_ab(0));
  for (std::uint64_t i = 1; i < 100; ++i) {
    recorded.add(0, tx_ab(i, kStart + i * kMs));
    recorded.add(1, rx_ab(i, kStart + i * kMs));
  }
  ASSERT_GT(paths.size(), 80U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  recorded.advance(static_cast<std::int64_t>(kStart + 100 * kSecond));
  ASSERT_EQ(paths.size(), 100U);
  EXPECT_EQ(recorded.stats().evicted, 0U);
  const auto lost = std::ranges::find(paths, event::VerdictId::NETWORK_LOST, &JoinedPath::verdict);
  ASSERT_NE(lost, paths.end());
  EXPECT_EQ(lost->tx->event.key->counter, 0U);
}

}  // namespace
}  // namespace wgt::join
