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

event::HostInfo beta_traced(std::uint64_t since_on_alpha, std::uint64_t until_on_alpha) {
  event::HostInfo host = beta();
  host.devices[0].traced_since_mono_ns = on_beta(since_on_alpha);
  host.devices[0].traced_until_mono_ns = on_beta(until_on_alpha);
  return host;
}

// `down`, or the interface is deleted, while the watch goes on.
TEST_F(AbsenceTest, WhereTracingEndedNothingIsMissed) {
  join.update_host(b, beta_traced(0, kStart));
  join.add(a, tx_ab(5, kStart + 10 * kSecond));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kReceiverNotWatched);
}

TEST_F(AbsenceTest, WhatWasLostBeforeTracingEndedIsLost) {
  join.update_host(b, beta_traced(0, kStart));
  join.add(a, tx_ab(5, kStart - 10 * kSecond));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(AbsenceTest, JustBeforeTracingEndedOnlyALaterPacketProvesALoss) {
  // The clocks are compared to within 1 ms.
  join.compare_clocks(a, kStart, b, on_beta(kStart) + kMs);
  join.compare_clocks(b, on_beta(kStart) + kMs, a, kStart + 2 * kMs);
  join.update_host(b, beta_traced(0, kStart));
  join.add(a, tx_ab(5, kStart - kSecond));
  pass_hold();
  EXPECT_EQ(only().basis, Basis::kStillOpen);
  paths.clear();
  join.add(a, tx_ab(6, kStart - kSecond));
  join.add(b, rx_ab(7, kStart - kSecond));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(AbsenceTest, AnInterfaceMadeAnewIsAWitnessFromThenOn) {
  event::HostInfo anew = beta_traced(0, kStart);
  anew.devices.push_back(anew.devices[0]);
  anew.devices[1].key.ifindex = 77;
  anew.devices[1].traced_since_mono_ns = on_beta(kStart + 20 * kSecond);
  anew.devices[1].traced_until_mono_ns = 0;
  join.update_host(b, anew);
  for (const std::uint64_t seconds : {10U, 30U})
    join.add(a, tx_ab(seconds, kStart + seconds * kSecond));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].basis, Basis::kReceiverNotWatched);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(AbsenceTest, AtTheEndALaterPacketProvesWhatDidNotWaitLongEnough) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(6));
  pass(kSecond);
  join.finish();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(paths[0].basis, Basis::kOnlyExplanation);
}

// Its own drop of the packet may not have been told any more.
TEST_F(AbsenceTest, ASenderThatStoppedBeingWatchedLeavesItOpen) {
  event::HostInfo ended = alpha();
  ended.watch_ended_mono_ns = kStart + kMs;
  join.update_host(a, ended);
  join.add(a, tx_ab(5));
  pass_hold();
  EXPECT_EQ(only().basis, Basis::kStillOpen);
}

}  // namespace
}  // namespace wgt::join
