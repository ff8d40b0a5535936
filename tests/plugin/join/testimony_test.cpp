// SPDX-License-Identifier: GPL-2.0-only
// What recordings can testify to about a packet that the receiver's do not hold.
#include <algorithm>

#include "tests/plugin/join/recorded_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using TestimonyTest = RecordedHosts;

TEST_F(TestimonyTest, OfOneHostAddUpWhatEachKnows) {
  event::HostInfo first = alpha();
  first.stacks = {{1, "kfree_skb nf_hook_slow"}};
  first.functions = {{10, "ip_error"}};
  event::HostInfo second = alpha();
  second.stacks = {{2, "kfree_skb ip_error"}};
  second.functions = {{20, "nf_hook_slow"}};
  write("first", first, {}, kEnd);
  write("second", second, {}, kEnd);
  run();
  ASSERT_EQ(recordings.hosts.all().size(), 1U);
  EXPECT_EQ(recordings.hosts[0].stacks.size(), 2U);
  EXPECT_EQ(recordings.hosts[0].functions.size(), 2U);
}

TEST_F(TestimonyTest, NotSeenWhileTheReceiverWasWatchedMeansLost) {
  write_alpha({tx_ab(0)});
  write_beta({});
  run();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(only().basis, Basis::kOnlyExplanation);
}

TEST_F(TestimonyTest, WithoutTheReceiversRecordingNobodyKnows) {
  write_alpha({tx_ab(0)});
  run();
  EXPECT_EQ(only().basis, Basis::kReceiverNotWatched);
}

TEST_F(TestimonyTest, JustBeforeTheReceiversEndOnlyALaterPacketProvesALoss) {
  write_alpha({tx_ab(0), tx_ab(1, kEnd - 500 * kMs), tx_ab(2, kEnd - 450 * kMs),
               tx_ab(3, kEnd - 400 * kMs), rx_ba(0)});
  write_beta({rx_ab(0), rx_ab(2, kEnd - 450 * kMs), tx_ba(0)});
  run();
  ASSERT_EQ(paths.size(), 5U);
  EXPECT_EQ(paths[2].verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(paths[4].verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(paths[4].basis, Basis::kStillOpen);
}

TEST_F(TestimonyTest, AForgedHigherCounterProvesNoLoss) {
  write_alpha({tx_ab(0), tx_ab(1, kEnd - 500 * kMs), rx_ba(0)});
  write_beta({rx_ab(0), tx_ba(0), rx_ab(99).verdict(event::VerdictId::RX_AUTH_FAILED)});
  run();
  const auto last = std::find_if(paths.begin(), paths.end(), [](const JoinedPath& path) {
    return path.tx && path.tx->event.key->counter == 1;
  });
  EXPECT_EQ(last->basis, Basis::kStillOpen);
}

TEST_F(TestimonyTest, WhatWasSentBeforeOrAfterTheReceiversRecordingIsNotCalledLost) {
  event::HostInfo host = beta();
  host.watch_started_mono_ns = on_beta(kStart + 10 * kSecond);
  write_alpha({tx_ab(0), tx_ab(1, kStart + 20 * kSecond), tx_ab(2, kEnd - 1000)});
  write("beta", host, {}, on_beta(kStart + 40 * kSecond));
  run();
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[0].basis, Basis::kReceiverNotWatched);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(paths[2].basis, Basis::kStillOpen);
}

TEST_F(TestimonyTest, LossesNearThePacketMakeAbsenceProveNothing) {
  const std::uint64_t report = on_beta(kStart);
  write_alpha({tx_ab(0), tx_ab(1, kStart + 20 * kSecond)});
  write_beta({}, {{report - 5 * kSecond, 0}, {report + kSecond, 4}, {report + 6 * kSecond, 4}});
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].basis, Basis::kRecordsLost);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(recordings.files[1].lost, 4U);
}

TEST_F(TestimonyTest, WhatAHostLostCountsOnceInTwoRecordingsOfIt) {
  const std::vector<Loss> host_wide = {{kStart + kSecond, 2, "unfinished"}};
  write("one", alpha(), {tx_ab(0)}, kEnd, host_wide);
  write("two", alpha(), {tx_ab(0)}, kEnd, {{kStart + kSecond, 3, "unfinished"}});
  run();
  EXPECT_EQ(records_lost(recordings), 3U);
}

TEST_F(TestimonyTest, WhatEachRecordingLostAloneCountsForEach) {
  write("one", alpha(), {tx_ab(0)}, kEnd, {{kStart + kSecond, 2}});
  write("two", alpha(), {tx_ab(0)}, kEnd, {{kStart + kSecond, 3}});
  event::HostInfo later = alpha();
  later.watch_started_mono_ns = kEnd + kSecond;
  write("later", later, {}, kEnd + 2 * kSecond, {{kEnd + 2 * kSecond, 4, "unfinished"}});
  run();
  EXPECT_EQ(records_lost(recordings), 9U);
}

TEST_F(TestimonyTest, TheSendersLossesMayBeTheDropThatEndedIt) {
  write("alpha", alpha(), {tx_ab(0), tx_ab(1, kStart + 20 * kSecond)}, kEnd,
        {{kStart - kSecond, 0}, {kStart + kSecond, 1}});
  write_beta({});
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].basis, Basis::kRecordsLost);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(TestimonyTest, LossesThatOnlyTheEndReportsMayHaveBeenAnyTime) {
  write_alpha({tx_ab(0)});
  auto writer = recording::Writer::create(path("beta"), beta());
  ASSERT_TRUE(writer);
  files.push_back(path("beta"));
  ASSERT_TRUE(writer->close({on_beta(kEnd), 0, 0, 1}));
  run();
  EXPECT_EQ(only().basis, Basis::kRecordsLost);
}

TEST_F(TestimonyTest, ARecordingThatWasCutTestifiesUpToItsLastReport) {
  write_alpha({tx_ab(0), tx_ab(1, kStart + 20 * kSecond)});
  write("beta", beta(), {}, 0, {{on_beta(kStart) + 10 * kSecond, 0}}, Close::kNo);
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(paths[1].basis, Basis::kStillOpen);
  EXPECT_TRUE(recordings.files[1].cut);
}

TEST_F(TestimonyTest, ASendersRecordingThatWasCutMayMissTheDropThatEndedIt) {
  write("alpha", alpha(), {tx_ab(0)}, 0, {}, Close::kNo);
  write_beta({});
  run();
  EXPECT_EQ(only().basis, Basis::kStillOpen);
}

TEST_F(TestimonyTest, OfTwoRecordingsOfTheReceiverTheCompleteOneDecides) {
  write_alpha({tx_ab(0)});
  write_beta({}, {{on_beta(kStart), 0}, {on_beta(kStart) + kSecond, 9}});
  write("beta2", beta(), {}, on_beta(kEnd));
  run();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(TestimonyTest, AReceiverWithAnotherFilterIsNoWitness) {
  event::HostInfo host = beta();
  host.filter = "tcp";
  write_alpha({tx_ab(0)});
  write("beta", host, {}, on_beta(kEnd));
  run();
  EXPECT_EQ(only().basis, Basis::kReceiverNotWatched);
}

// `down`, or the interface is deleted and made anew, while the recording goes on.
TEST_F(TestimonyTest, WhereTracingEndedNothingIsMissedButWhatWasLostBefore) {
  event::HostInfo host = beta();
  host.devices[0].traced_until_mono_ns = on_beta(kStart + 10 * kSecond);
  host.devices.push_back(host.devices[0]);
  host.devices[1].key.ifindex = 77;
  host.devices[1].traced_since_mono_ns = on_beta(kStart + 30 * kSecond);
  host.devices[1].traced_until_mono_ns = 0;
  write_alpha({tx_ab(0), tx_ab(1, kStart + 20 * kSecond), tx_ab(2, kStart + 40 * kSecond)});
  write("beta", host, {}, on_beta(kEnd));
  run();
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(paths[1].basis, Basis::kReceiverNotWatched);
  EXPECT_EQ(paths[2].verdict, event::VerdictId::NETWORK_LOST);
}

}  // namespace
}  // namespace wgt::join
