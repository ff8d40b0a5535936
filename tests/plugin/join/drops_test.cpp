// SPDX-License-Identifier: GPL-2.0-only
// What the host's own stack dropped amends the records of WireGuard.
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using DropsTest = TwoHosts;

EventBuilder<StackDrop> drop_on_a(event::VerdictId where, std::uint64_t counter) {
  return drop(where).device(kDeviceA).counter(counter).at(kStart + 5000);
}
EventBuilder<event::Rejection> rejection_on_a(std::uint64_t counter) {
  return wgt::test::rejection().device(kDeviceA).counter(counter).at(kStart + 5000);
}
EventBuilder<StackDrop> drop_on_b(event::VerdictId where, std::uint64_t counter) {
  return drop(where).device(kDeviceB).counter(counter).at(on_beta(kStart) + 2 * kMs);
}

TEST_F(DropsTest, OuterOutEndsTheSendersPath) {
  for (const bool drop_first : {true, false}) {
    paths.clear();
    const std::uint64_t counter = drop_first ? 1 : 2;
    if (drop_first) join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, counter).reason(6));
    join.add(a, tx_ab(counter));
    if (!drop_first) join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, counter).reason(6));
    pass_grace();
    ASSERT_TRUE(only().tx && only().drop);
    EXPECT_EQ(only().verdict, event::VerdictId::OUTER_OUT);
    EXPECT_EQ(only().basis, Basis::kObserved);
    EXPECT_EQ(std::get<StackDrop>(only().drop->event).reason, 6U);
  }
}

TEST_F(DropsTest, AnEndWithoutANumberIsAPathAtOnce) {
  join.add(a, drop_on_a(event::VerdictId::INNER_OUT, 0).without_key().reason(6));
  join.add(
      a,
      drop_on_a(event::VerdictId::TX_STAGED_PURGED, 0).without_key().reason(event::Cause::GAVE_UP));
  pass_grace();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::INNER_OUT);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::TX_STAGED_PURGED);
  for (const JoinedPath& path : paths) EXPECT_EQ(path.basis, Basis::kObserved);
}

TEST_F(DropsTest, AnEndOfUnknownCauseIsNoLossOfTheNetwork) {
  join.add(a, drop_on_a(event::VerdictId::UNKNOWN, 5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kObserved);
}

TEST_F(DropsTest, OuterOutOfAnotherHostOrDeviceIsAnotherPackets) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 5).device(1000, 9));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::OUTER_OUT);
  EXPECT_FALSE(paths[1].tx);
}

TEST_F(DropsTest, AnOuterDropWhoseDeviceIsNotKnownIsFoundByKeyAndNamespace) {
  join.add(a, tx_ab(5));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 5).device(kDeviceA.netns, 0));
  join.add(a, tx_ab(6));
  join.add(b, drop_on_b(event::VerdictId::OUTER_IN, 6).device(kDeviceB.netns, 0));
  join.add(a, tx_ab(7));
  join.add(b,
           drop_on_b(event::VerdictId::OUTER_IN, 7).device(4711, 0));  // a router's, traced as well
  pass_hold();
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::OUTER_OUT);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::OUTER_IN);
  EXPECT_EQ(paths[2].verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(DropsTest, InnerInEndsADeliveredPath) {
  for (const bool drop_first : {true, false}) {
    paths.clear();
    const std::uint64_t counter = drop_first ? 1 : 2;
    join.add(a, tx_ab(counter));
    if (drop_first) join.add(b, drop_on_b(event::VerdictId::INNER_IN, counter));
    join.add(b, rx_ab(counter));
    if (!drop_first) join.add(b, drop_on_b(event::VerdictId::INNER_IN, counter));
    pass_grace();
    ASSERT_TRUE(only().tx && only().rx && only().drop);
    EXPECT_EQ(only().verdict, event::VerdictId::INNER_IN);
    EXPECT_EQ(only().basis, Basis::kObserved);
  }
}

TEST_F(DropsTest, InnerInIsTheAcceptedCopysNotTheDuplicates) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5).at(on_beta(kStart) + 9 * kMs).verdict(event::VerdictId::RX_REPLAY));
  join.add(b, rx_ab(5));
  join.add(b, drop_on_b(event::VerdictId::INNER_IN, 5));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::INNER_IN);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::RX_REPLAY);
  EXPECT_FALSE(paths[1].drop);
}

TEST_F(DropsTest, InnerInWithoutItsRxRecordStillTellsTheSenderWhatHappened) {
  join.add(a, tx_ab(5));
  join.add(b, drop_on_b(event::VerdictId::INNER_IN, 5));
  pass_hold();
  EXPECT_TRUE(only().tx);
  EXPECT_EQ(only().verdict, event::VerdictId::INNER_IN);
}

TEST_F(DropsTest, OuterInEndsTheSendersPathWhenTheReceiverNeverSawIt) {
  join.add(a, tx_ab(5));
  join.add(b, drop_on_b(event::VerdictId::OUTER_IN, 5));
  pass_grace();
  ASSERT_TRUE(only().tx && only().drop);
  EXPECT_FALSE(only().rx);
  EXPECT_EQ(only().verdict, event::VerdictId::OUTER_IN);
}

TEST_F(DropsTest, OuterInOfASecondCopyChangesNothing) {
  join.add(a, tx_ab(5));
  join.add(b, drop_on_b(event::VerdictId::OUTER_IN, 5));
  join.add(b, rx_ab(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  EXPECT_FALSE(only().drop);
}

TEST_F(DropsTest, OuterInWithoutASenderCountsOnlyWithATracedPort) {
  join.add(b, drop_on_b(event::VerdictId::OUTER_IN, 5));
  pass_hold();
  EXPECT_TRUE(paths.empty());
  join.add(b, drop_on_b(event::VerdictId::OUTER_IN, 6).port_match());
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::OUTER_IN);
  EXPECT_FALSE(only().tx || only().rx);
}

TEST_F(DropsTest, AnIcmpErrorEndsThePathThatItsSenderSent) {
  join.add(a, tx_ab(5));
  join.add(a, rejection_on_a(5));
  pass_grace();
  ASSERT_TRUE(only().tx && only().drop);
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_REJECTED);
  EXPECT_EQ(only().basis, Basis::kObserved);
}

TEST_F(DropsTest, AnIcmpErrorAboutAPacketThatArrivedChangesNothing) {
  join.add(a, tx_ab(5));
  join.add(a, rejection_on_a(5));
  join.add(b, rx_ab(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  EXPECT_FALSE(only().drop);
}

TEST_F(DropsTest, WhereThePacketWasDroppedSaysMoreThanTheIcmpErrorThatFollows) {
  for (const bool error_first : {true, false}) {
    paths.clear();
    const std::uint64_t counter = error_first ? 1 : 2;
    join.add(a, tx_ab(counter));
    if (error_first) join.add(a, rejection_on_a(counter));
    join.add(b, drop_on_b(event::VerdictId::OUTER_IN, counter));
    if (!error_first) join.add(a, rejection_on_a(counter));
    pass_grace();
    EXPECT_EQ(only().verdict, event::VerdictId::OUTER_IN);
  }
}

TEST_F(DropsTest, AnIcmpErrorForAnotherDeviceIsNotThisPackets) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  join.add(a, rejection_on_a(5).device(1000, 9));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::NETWORK_REJECTED);
}

TEST_F(DropsTest, OuterInForADeviceThatThePacketWasNotSentToIsNotItsEnd) {
  join.add(a, tx_ab(5));
  join.add(a, drop_on_a(event::VerdictId::OUTER_IN, 5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(DropsTest, AMatchByFlowIsInferred) {
  join.add(a, tx_ab(5));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 5).inferred());
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::OUTER_OUT);
  EXPECT_EQ(only().basis, Basis::kOnlyExplanation);
}

TEST_F(DropsTest, ASecondDropMakesNoSecondPath) {
  join.add(a, tx_ab(5));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 5).reason(1));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 5).at(kStart + 6000).reason(2));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 6));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 6).at(kStart + 6000));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(std::get<StackDrop>(paths[0].drop->event).reason, 1U);
}

TEST_F(DropsTest, TheStacksReportOfWhatWireGuardSaidIsNoSecondPath) {
  join.add(a, tx_ab(5).verdict(event::VerdictId::TX_NO_ROUTE));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::TX_NO_ROUTE);
}

TEST_F(DropsTest, AReceiverThatGotThePacketProvesThatItWasNotDroppedBefore) {
  join.add(a, tx_ab(5));
  join.add(a, drop_on_a(event::VerdictId::OUTER_OUT, 5));  // of a copy
  join.add(b, rx_ab(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
}

TEST_F(DropsTest, ADropAfterThePathWasPutOutAmendsIt) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  pass_grace();
  join.add(b, drop_on_b(event::VerdictId::INNER_IN, 5));
  join.add(b, drop_on_b(event::VerdictId::INNER_IN, 5));  // of a copy
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_FALSE(paths[0].amends);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::INNER_IN);
  ASSERT_TRUE(paths[1].amends);
  EXPECT_EQ(paths[1].amends->verdict, event::VerdictId::DELIVERED);
  EXPECT_TRUE(paths[1].tx && paths[1].rx && paths[1].drop);
  EXPECT_EQ(join.stats().paths, 1U);
  EXPECT_EQ(join.stats().amended, 1U);
  EXPECT_EQ(join.stats().late_drops, 1U);
}

// The neighbour did not answer for three seconds, or a router's had not.
TEST_F(DropsTest, WhatWasCalledLostIsAmendedByWhoDroppedIt) {
  const event::Event ends[] = {drop_on_a(event::VerdictId::OUTER_OUT, 1), rejection_on_a(2)};
  for (const event::Event& end : ends) {
    paths.clear();
    join.add(a, tx_ab(event::key_of(end)->counter));
    pass_hold();
    EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
    join.add(a, end);
    ASSERT_EQ(paths.size(), 2U);
    EXPECT_EQ(paths[1].verdict, event::verdict_of(end));
    EXPECT_EQ(paths[1].basis, Basis::kObserved);
    EXPECT_EQ(paths[1].amends->verdict, event::VerdictId::NETWORK_LOST);
    EXPECT_EQ(paths[1].amends->basis, Basis::kOnlyExplanation);
  }
}

TEST_F(DropsTest, AReportAboutWhatArrivedAmendsNothing) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  pass_grace();
  join.add(a, rejection_on_a(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(join.stats().late_drops, 1U);
}

TEST_F(DropsTest, OnlySoManyPathsAreKeptForAmendments) {
  std::vector<JoinedPath> out;
  PathJoin small({.max_amendable = 2}, [&](const JoinedPath& path) {
    out.push_back(path);
    return true;
  });
  small.add_host(alpha());
  small.add_host(beta());
  for (const std::uint64_t counter : {1U, 2U, 3U}) small.add(0, tx_ab(counter));
  small.advance(now);
  small.advance(now + JoinOptions{}.hold_ns);
  ASSERT_EQ(out.size(), 3U);
  for (const std::uint64_t counter : {1U, 2U, 3U}) small.add(1, rx_ab(counter));
  EXPECT_EQ(out.size(), 5U);
  EXPECT_EQ(small.stats().late_records, 1U);
}

TEST_F(DropsTest, ADeliveredPathWaitsForAPossibleDrop) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  pass(JoinOptions{}.grace_ns - 1);
  EXPECT_TRUE(paths.empty());
  join.add(b, drop_on_b(event::VerdictId::INNER_IN, 5));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::INNER_IN);
}

}  // namespace
}  // namespace wgt::join
