// SPDX-License-Identifier: GPL-2.0-only
// What follows from a record that did not come, one test for each rule.
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using AbsenceTest = TwoHosts;

TEST_F(AbsenceTest, WithoutAWatchedReceiverNobodyKnows) {
  join.add(a, tx_ab(5).peer(test_key(0x77)));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kReceiverNotWatched);
}

TEST_F(AbsenceTest, NotSeenByAWatchedReceiverMeansLostInTheNetwork) {
  join.add(a, tx_ab(5));
  pass(JoinOptions{}.hold_ns - 1);
  EXPECT_TRUE(paths.empty());
  pass(1);
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(only().basis, Basis::kOnlyExplanation);
  EXPECT_FALSE(only().rx);
}

TEST_F(AbsenceTest, ALossOnEitherHostMakesAbsenceProveNothing) {
  for (const HostId host : {a, b}) {
    paths.clear();
    pass(10 * kSecond);
    join.add(a, tx_ab(host));
    pass(kSecond);
    join.records_lost(host, host + 1);
    pass_hold();
    EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
    EXPECT_EQ(only().basis, Basis::kRecordsLost);
  }
}

TEST_F(AbsenceTest, ALossNoticedJustBeforeTheRecordCameCountsToo) {
  join.records_lost(b, 1);
  pass(kSecond);
  join.add(a, tx_ab(5));
  pass_hold();
  EXPECT_EQ(only().basis, Basis::kRecordsLost);
}

TEST_F(AbsenceTest, ALossLongBeforeDoesNotCount) {
  join.records_lost(b, 1);
  pass(10 * kSecond);
  join.records_lost(b, 1);
  join.add(a, tx_ab(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(AbsenceTest, ALossOnAThirdHostDoesNotCount) {
  event::HostInfo gamma = alpha();
  gamma.devices = {{{3000, 3}, std::nullopt, "wg1", test_key(0xc)}};
  const HostId c = join.add_host(gamma);
  join.add(a, tx_ab(5));
  join.records_lost(c, 1);
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(AbsenceTest, WhatWasObservedStaysTrueWhenRecordsWereLost) {
  join.records_lost(a, 5);
  join.records_lost(b, 5);
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(only().basis, Basis::kObserved);
}

TEST_F(AbsenceTest, WhatWasSentBeforeTheReceiverWasWatchedIsNotCalledLost) {
  event::HostInfo late = beta();
  late.watch_started_mono_ns = on_beta(kStart) + 10 * kSecond;
  join.update_host(b, late);
  join.add(a, tx_ab(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kReceiverNotWatched);
  paths.clear();
  join.add(a, tx_ab(6, kStart + 20 * kSecond));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(AbsenceTest, AReceiverThatStoppedWatchingLeavesItOpen) {
  event::HostInfo ended = beta();
  ended.watch_ended_mono_ns = on_beta(kStart) + kSecond;
  join.update_host(b, ended);
  join.add(a, tx_ab(5));
  pass_hold();
  EXPECT_EQ(only().basis, Basis::kStillOpen);
}

TEST_F(AbsenceTest, AReceiverWithAnotherFilterIsNoWitness) {
  event::HostInfo sender = alpha(), receiver = beta();
  receiver.filter = "tcp";
  join.update_host(b, receiver);
  join.add(a, tx_ab(5));
  sender.filter = "tcp";
  pass_hold();
  EXPECT_EQ(only().basis, Basis::kReceiverNotWatched);
  paths.clear();
  join.update_host(a, sender);
  join.add(a, tx_ab(6));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(AbsenceTest, AtTheEndWhatDidNotWaitLongEnoughIsOpen) {
  join.add(a, tx_ab(5));
  pass(kSecond);
  join.finish();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kStillOpen);
}

TEST_F(AbsenceTest, APacketThatWasNeverEncryptedWasNotLostInTheNetwork) {
  join.add(a, tx_ab(0).without_key().hops({kStart}));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kStillOpen);
}

}  // namespace
}  // namespace wgt::join
