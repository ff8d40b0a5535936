// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <fstream>

#include "tests/plugin/join/recorded_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using OfflineTest = RecordedHosts;

TEST_F(OfflineTest, RecordingsOfTwoHostsBecomePaths) {
  write_alpha({tx_ab(0), tx_ab(1, kStart + kMs), rx_ba(0, kStart + 2 * kMs)});
  write_beta({rx_ab(0), rx_ab(1, kStart + kMs), tx_ba(0, kStart + 2 * kMs)});
  run();
  ASSERT_EQ(paths.size(), 3U);
  for (const JoinedPath& path : paths) {
    EXPECT_TRUE(path.tx && path.rx);
    EXPECT_EQ(path.verdict, event::VerdictId::DELIVERED);
    ASSERT_TRUE(path.network);
    EXPECT_LE(std::abs(path.network->ns - (kMs - 3000)),
              static_cast<std::int64_t>(path.network->error_ns));
  }
  EXPECT_EQ(recordings.hosts.all().size(), 2U);
  EXPECT_EQ(recordings.files[0].hostname, "alpha");
  EXPECT_EQ(recordings.files[0].records, 3U);
  EXPECT_FALSE(recordings.files[0].cut);
}

TEST_F(OfflineTest, ClocksThatAreHoursApartDoNotMatter) {
  event::HostInfo host = beta();
  host.wall_minus_mono_ns += 7 * 3600 * kSecond;
  write_alpha({tx_ab(0), tx_ab(1, kStart + kMs), rx_ba(0, kStart + 2 * kMs)});
  write("beta", host, {rx_ab(0), rx_ab(1, kStart + kMs), tx_ba(0, kStart + 2 * kMs)},
        on_beta(kEnd));
  run();
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[2].tx->event.key->receiver_index, 8U) << "order of sending";
}

TEST_F(OfflineTest, PathsComeInOrderOfSendingEvenWhenStagedForLong) {
  write_alpha({tx_ab(0, kStart + kSecond),
               tx_ab(1).hops({kStart, kStart + 30 * kSecond, kStart + 30 * kSecond + 1,
                              kStart + 30 * kSecond + 2})});
  write_beta({rx_ab(0, kStart + kSecond), rx_ab(1, kStart + 30 * kSecond)});
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].tx->event.key->counter, 1U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
}

TEST_F(OfflineTest, WhoWantsDropsIsNotToldOfPairsThatWereDelivered) {
  write_alpha({tx_ab(0), tx_ab(1, kStart + kMs), tx_ab(2, kStart + 2 * kMs)});
  write_beta({rx_ab(0), rx_ab(2, kStart + 2 * kMs),
              drop(event::VerdictId::INNER_IN).device(kDeviceB).counter(2).at(on_beta(kStart))});
  static_cast<JoinedFiles&>(*this) = join_files(files, true);
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::INNER_IN);
  EXPECT_EQ(stats.join.passed_over, 1U);
  EXPECT_EQ(stats.join.paths, 3U);
}

// A stack gives up on a next hop after 3 s, on fragments after 30 or 60.
TEST_F(OfflineTest, ADropThatComesLongAfterItsPacketIsItsOnlyEnd) {
  std::vector<event::Event> events;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    events.emplace_back(tx_ab(i, kStart + 3 * i * kMs));
    if (i == 18'000)
      events.emplace_back(
          drop(event::VerdictId::OUTER_OUT).device(kDeviceA).counter(0).at(kStart + 54 * kSecond));
  }
  write_alpha(events);
  write_beta({});
  run();
  ASSERT_EQ(paths.size(), 20'000U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::OUTER_OUT);
  EXPECT_EQ(stats.join.amended, 0U);
}

TEST_F(OfflineTest, TwoRecordingsOfOneBootAreOneHost) {
  event::HostInfo second = alpha();
  second.devices = {{kDeviceB, "b", "wg1", kB}};
  write("a", alpha(), {tx_ab(0)}, kEnd);
  write("b", second, {rx_ab(0).at(kStart + kMs)}, kEnd);
  run();
  EXPECT_EQ(recordings.hosts.all().size(), 1U);
  EXPECT_EQ(recordings.hosts[0].devices.size(), 2U);
  ASSERT_TRUE(only().network);
  EXPECT_EQ(only().network->error_ns, 0U);
}

TEST_F(OfflineTest, WhatTwoRecordingsBothHoldIsCountedOnce) {
  const event::Sent keyless = tx_ab(0).without_key().verdict(event::VerdictId::TX_NO_PEER);
  event::Sent other = keyless;
  other.error = -126;
  write("a", alpha(), {tx_ab(0), tx_ab(1), keyless, other}, kEnd);
  write("a2", alpha(), {other, tx_ab(1), tx_ab(2), keyless}, kEnd);
  write_beta({rx_ab(0), rx_ab(1), rx_ab(2)});
  run();
  EXPECT_EQ(stats.duplicates, 3U);
  EXPECT_EQ(stats.join.paths, 5U);
  EXPECT_EQ(paths.size(), 5U);
}

TEST_F(OfflineTest, RecordsThatLookAlikeInOneRecordingAreDifferentPackets) {
  const event::Event segment = tx_ab(0).without_key().verdict(event::VerdictId::TX_STAGED_OVERFLOW);
  write_alpha({segment, segment});
  run();
  EXPECT_EQ(stats.duplicates, 0U);
  EXPECT_EQ(paths.size(), 2U);
}

TEST_F(OfflineTest, TheSameFileTwiceChangesNothing) {
  write_alpha({tx_ab(0)});
  write_beta({rx_ab(0)});
  files.push_back(files[0]);
  run();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
}

TEST_F(OfflineTest, ADamagedFileGivesWhatCameBefore) {
  write_alpha({tx_ab(0)});
  write_beta({rx_ab(0)});
  std::fstream file(files[1], std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-3, std::ios::end);
  file.put('\x55');
  file.close();
  run();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  ASSERT_TRUE(recordings.files[1].damage);
  EXPECT_EQ(recordings.files[1].damage->code, Errc::kCorrupt);
}

TEST_F(OfflineTest, AForeignFileIsAnError) {
  recording::RecordingSource foreign("/proc/version");
  source::Source* const sources[] = {&foreign};
  const std::string names[] = {"/proc/version"};
  const auto surveyed = app::survey(sources, names);
  ASSERT_FALSE(surveyed);
  EXPECT_EQ(surveyed.error().text, "/proc/version: not a wg-trace recording");
}

TEST_F(OfflineTest, ExtremeTimesAreComputedWithoutOverflow) {
  constexpr std::uint64_t kMax = std::uint64_t{1} << 60U;
  event::HostInfo late = beta(), early = alpha();
  late.wall_minus_mono_ns = std::int64_t{1} << 62U;
  early.wall_minus_mono_ns = -(std::int64_t{1} << 60U);
  late.watch_started_mono_ns = kMax;
  write("a", early,
        {tx_ab(0, 1), tx_ab(1, kMax - 5000), tx_ab(2).hops({}), rx_ba(1).at(1), tx_ab(3, 1)}, kMax,
        {{kMax, 5}});
  write("b", late,
        {rx_ab(0).at(kMax - 5000), rx_ab(1).at(1), rx_ab(2).hops({}), tx_ba(1).at(kMax - 5000)},
        kMax, {{1, 5}});
  run();
  EXPECT_EQ(paths.size(), 5U);
}

}  // namespace
}  // namespace wgt::join
