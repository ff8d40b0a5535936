// SPDX-License-Identifier: GPL-2.0-only
// Order and bounds of the live join.
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using LiveOrderTest = TwoHosts;

std::vector<std::uint64_t> counters(const std::vector<JoinedPath>& paths) {
  std::vector<std::uint64_t> out;
  for (const JoinedPath& path : paths) out.push_back(key_of(path)->counter);
  return out;
}

TEST_F(LiveOrderTest, PathsComeInOrderOfSending) {
  for (const std::uint64_t counter : {3U, 1U, 2U, 0U}) {
    join.add(a, tx_ab(counter, kStart + counter));
    join.add(b, rx_ab(counter, kStart + counter));
  }
  pass_grace();
  EXPECT_EQ(counters(paths), (std::vector<std::uint64_t>{0, 1, 2, 3}));
}

TEST_F(LiveOrderTest, ALostPacketKeepsItsPlace) {
  join.add(a, tx_ab(0, kStart));
  join.add(a, tx_ab(1, kStart + 1));
  join.add(b, rx_ab(1, kStart + 1));
  pass(JoinOptions{}.hold_ns / 2);
  EXPECT_TRUE(paths.empty());
  pass(JoinOptions{}.hold_ns / 2);
  ASSERT_EQ(counters(paths), (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(paths[0].verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(LiveOrderTest, BothHostsPacketsAreInOneOrder) {
  join.add(b, tx_ba(10, kStart + kMs / 2));
  join.add(a, tx_ab(11, kStart + 1 * kMs));
  join.add(b, tx_ba(12, kStart + 3 * kMs / 2));
  join.add(a, rx_ba(10, kStart + kMs / 2));
  join.add(a, rx_ba(12, kStart + 3 * kMs / 2));
  join.add(b, rx_ab(11, kStart + 1 * kMs));
  pass_grace();
  EXPECT_EQ(counters(paths), (std::vector<std::uint64_t>{10, 11, 12}));
}

TEST_F(LiveOrderTest, ATxRecordAfterItsRxMovesThePathToItsPlace) {
  join.add(b, rx_ab(0, kStart));
  join.add(a, tx_ab(1, kStart + 10));  // sent before the first one arrived
  join.add(b, rx_ab(1, kStart + 10));
  join.add(a, tx_ab(0, kStart));
  pass_grace();
  EXPECT_EQ(counters(paths), (std::vector<std::uint64_t>{0, 1}));
}

TEST_F(LiveOrderTest, AWrongTimeOfDayOnTheOtherHostDoesNotBreakTheJoin) {
  event::HostInfo skewed = beta();
  skewed.wall_minus_mono_ns += 3600 * kSecond;
  join.update_host(b, skewed);
  join.add(b, rx_ab(0));
  join.add(a, tx_ab(0));
  join.add(a, tx_ab(1, kStart + 1));
  join.add(b, rx_ab(1, kStart + 1));
  pass_grace();
  EXPECT_EQ(counters(paths), (std::vector<std::uint64_t>{0, 1}));
}

TEST_F(LiveOrderTest, AFullTablePutsOutTheOldestAsItStands) {
  std::vector<JoinedPath> out;
  PathJoin small({.max_pending = 10}, [&](const JoinedPath& path) {
    out.push_back(path);
    return true;
  });
  small.add_host(alpha());
  small.add_host(beta());
  small.advance(now);
  for (std::uint64_t i = 0; i < 100; ++i) small.add(0, tx_ab(i, kStart + i));
  ASSERT_EQ(out.size(), 90U);
  EXPECT_EQ(counters(out).front(), 0U);
  EXPECT_EQ(counters(out).back(), 89U);
  for (const JoinedPath& path : out) {
    EXPECT_EQ(path.verdict, event::VerdictId::UNKNOWN);
    EXPECT_EQ(path.basis, Basis::kRecordsLost);
  }
  EXPECT_EQ(small.stats().evicted, 90U);
  small.finish();
  EXPECT_EQ(out.size(), 100U);
}

TEST_F(LiveOrderTest, WhatWasObservedStaysTrueWhenItIsEvicted) {
  std::vector<JoinedPath> out;
  PathJoin small({.max_pending = 1}, [&](const JoinedPath& path) {
    out.push_back(path);
    return true;
  });
  small.add_host(alpha());
  small.add_host(beta());
  small.advance(now);
  small.add(0, tx_ab(0));
  small.add(1, rx_ab(0));
  small.add(0, tx_ab(1, kStart + 1));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(out[0].basis, Basis::kObserved);
}

TEST_F(LiveOrderTest, AfterALongPauseWhatIsAtHandIsTakenInBeforeAnythingIsMissing) {
  join.add(a, tx_ab(0));
  pass(kSecond);
  now += 3600 * kSecond;  // suspended; then all that had come is read
  join.add(b, rx_ab(0));
  join.add(a, tx_ab(1, kStart + 1));
  pass(kSecond);
  join.add(b, rx_ab(1, kStart + 1));
  pass_grace();
  ASSERT_EQ(paths.size(), 2U);
  for (const JoinedPath& path : paths) EXPECT_EQ(path.verdict, event::VerdictId::DELIVERED);
}

TEST_F(LiveOrderTest, ALossReportedInTheRoundOfTheDecisionCounts) {
  join.add(a, tx_ab(0));
  pass(kSecond);
  join.records_lost(b, 1);
  join.advance(now + 10 * kSecond);
  EXPECT_EQ(only().basis, Basis::kRecordsLost);
}

TEST_F(LiveOrderTest, AClockThatStepsBackIsIgnored) {
  join.add(a, tx_ab(0));
  join.advance(now - 3600 * kSecond);
  join.add(b, rx_ab(0));
  pass_grace();
  EXPECT_EQ(paths.size(), 1U);
}

}  // namespace
}  // namespace wgt::join
