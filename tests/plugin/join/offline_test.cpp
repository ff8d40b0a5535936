// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/offline.h"

#include <algorithm>
#include <fstream>
#include <limits>

#include "plugin/recording/writer.h"
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

constexpr std::uint64_t kEnd = kStart + 60 * kSecond;  // on alpha's clock

struct OfflineTest : ::testing::Test {
  struct Loss {
    std::uint64_t mono_ns;
    std::uint64_t total;
  };
  enum class Close { kYes, kNo };

  // Records, then loss reports, then the end.
  void write(const std::string& name, const decode::HostInfo& host,
             const std::vector<wgt_record>& records, std::uint64_t ended_ns,
             const std::vector<Loss>& losses = {}, Close close = Close::kYes) {
    auto writer = recording::Writer::create(path(name), host);
    ASSERT_TRUE(writer) << writer.error().text;
    for (const wgt_record& record : records) ASSERT_TRUE(writer->add(record));
    std::uint64_t lost = 0;
    for (const Loss& loss : losses) {
      lost = loss.total;
      ASSERT_TRUE(writer->lost({loss.mono_ns, {{"ring", loss.total}}}));
    }
    if (close == Close::kNo) {
      ASSERT_TRUE(writer->flush());
    } else {
      ASSERT_TRUE(writer->close({ended_ns, 0, 3, lost}));
    }
    files.push_back(path(name));
  }
  void write_alpha(const std::vector<wgt_record>& records) {
    write("alpha", alpha(), records, kEnd);
  }
  void write_beta(const std::vector<wgt_record>& records, const std::vector<Loss>& losses = {}) {
    write("beta", beta(), records, on_beta(kEnd), losses);
  }

  void run() {
    auto loaded = load_recordings(files);
    ASSERT_TRUE(loaded) << loaded.error().text;
    recordings = *std::move(loaded);
    stats = join_recordings(recordings, [this](const JoinedPath& path) { paths.push_back(path); });
  }
  const JoinedPath& only() {
    EXPECT_EQ(paths.size(), 1U);
    static const JoinedPath kNone;
    return paths.empty() ? kNone : paths.front();
  }
  std::string path(const std::string& name) {
    return ::testing::TempDir() + "wgt-offline-" + std::to_string(::getpid()) + "-" + name;
  }
  ~OfflineTest() override {
    for (const std::string& file : files) ::unlink(file.c_str());
  }

  std::vector<std::string> files;
  Recordings recordings;
  OfflineStats stats;
  std::vector<JoinedPath> paths;
};

TEST_F(OfflineTest, RecordingsOfTwoHostsBecomePaths) {
  write_alpha({tx_ab(0), tx_ab(1, kStart + kMs), rx_ba(0, kStart + 2 * kMs)});
  write_beta({rx_ab(0), rx_ab(1, kStart + kMs), tx_ba(0, kStart + 2 * kMs)});
  run();
  ASSERT_EQ(paths.size(), 3U);
  for (const JoinedPath& path : paths) {
    EXPECT_TRUE(path.tx && path.rx);
    EXPECT_EQ(path.verdict, WGT_V_DELIVERED);
    ASSERT_TRUE(path.network);
    EXPECT_LE(std::abs(path.network->ns - (kMs - 3000)),
              static_cast<std::int64_t>(path.network->error_ns));
  }
  EXPECT_EQ(recordings.hosts.all().size(), 2U);
  EXPECT_EQ(recordings.files[0].hostname, "alpha");
  EXPECT_EQ(recordings.files[0].records, 3U);
  EXPECT_EQ(recordings.files[0].filtered, 3U);
  EXPECT_FALSE(recordings.files[0].cut);
}

TEST_F(OfflineTest, ClocksThatAreHoursApartDoNotMatter) {
  decode::HostInfo host = beta();
  host.wall_minus_mono_ns += 7 * 3600 * kSecond;
  write_alpha({tx_ab(0), tx_ab(1, kStart + kMs), rx_ba(0, kStart + 2 * kMs)});
  write("beta", host, {rx_ab(0), rx_ab(1, kStart + kMs), tx_ba(0, kStart + 2 * kMs)},
        on_beta(kEnd));
  run();
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[2].tx->record.receiver_index, 8U) << "order of sending";
}

TEST_F(OfflineTest, PathsComeInOrderOfSendingEvenWhenStagedForLong) {
  write_alpha({tx_ab(0, kStart + kSecond),
               tx_ab(1).hops({kStart, kStart + 30 * kSecond, kStart + 30 * kSecond + 1,
                              kStart + 30 * kSecond + 2})});
  write_beta({rx_ab(0, kStart + kSecond), rx_ab(1, kStart + 30 * kSecond)});
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].tx->record.counter, 1U);
  EXPECT_EQ(paths[0].verdict, WGT_V_DELIVERED);
}

TEST_F(OfflineTest, TwoRecordingsOfOneBootAreOneHost) {
  decode::HostInfo second = alpha();
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
  const wgt_record keyless = tx_ab(0).without_key().verdict(WGT_V_TX_NO_PEER);
  wgt_record other = keyless;
  other.error = -126;
  write("a", alpha(), {tx_ab(0), tx_ab(1), keyless, other}, kEnd);
  write("a2", alpha(), {other, tx_ab(1), tx_ab(2), keyless}, kEnd);
  write_beta({rx_ab(0), rx_ab(1), rx_ab(2)});
  run();
  EXPECT_EQ(stats.duplicates, 3U);
  EXPECT_EQ(stats.paths, 5U);
  EXPECT_EQ(paths.size(), 5U);
}

TEST_F(OfflineTest, TheSameFileTwiceChangesNothing) {
  write_alpha({tx_ab(0)});
  write_beta({rx_ab(0)});
  files.push_back(files[0]);
  run();
  EXPECT_EQ(only().verdict, WGT_V_DELIVERED);
}

TEST_F(OfflineTest, NotSeenWhileTheReceiverWasWatchedMeansLost) {
  write_alpha({tx_ab(0)});
  write_beta({});
  run();
  EXPECT_EQ(only().verdict, WGT_V_NETWORK_LOST);
  EXPECT_EQ(only().basis, Basis::kOnlyExplanation);
}

TEST_F(OfflineTest, WithoutTheReceiversRecordingNobodyKnows) {
  write_alpha({tx_ab(0)});
  run();
  EXPECT_EQ(only().basis, Basis::kReceiverNotWatched);
}

TEST_F(OfflineTest, JustBeforeTheReceiversEndOnlyALaterPacketProvesALoss) {
  write_alpha({tx_ab(0), tx_ab(1, kEnd - 500 * kMs), tx_ab(2, kEnd - 450 * kMs),
               tx_ab(3, kEnd - 400 * kMs), rx_ba(0)});
  write_beta({rx_ab(0), rx_ab(2, kEnd - 450 * kMs), tx_ba(0)});
  run();
  ASSERT_EQ(paths.size(), 5U);
  EXPECT_EQ(paths[2].verdict, WGT_V_NETWORK_LOST);
  EXPECT_EQ(paths[4].verdict, WGT_V_UNKNOWN);
  EXPECT_EQ(paths[4].basis, Basis::kStillOpen);
}

TEST_F(OfflineTest, AForgedHigherCounterProvesNoLoss) {
  write_alpha({tx_ab(0), tx_ab(1, kEnd - 500 * kMs), rx_ba(0)});
  write_beta({rx_ab(0), tx_ba(0), rx_ab(99).verdict(WGT_V_RX_AUTH_FAILED)});
  run();
  const auto last = std::find_if(paths.begin(), paths.end(), [](const JoinedPath& path) {
    return path.tx && path.tx->record.counter == 1;
  });
  EXPECT_EQ(last->basis, Basis::kStillOpen);
}

TEST_F(OfflineTest, WhatWasSentBeforeOrAfterTheReceiversRecordingIsNotCalledLost) {
  decode::HostInfo host = beta();
  host.watch_started_mono_ns = on_beta(kStart + 10 * kSecond);
  write_alpha({tx_ab(0), tx_ab(1, kStart + 20 * kSecond), tx_ab(2, kEnd - 1000)});
  write("beta", host, {}, on_beta(kStart + 40 * kSecond));
  run();
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[0].basis, Basis::kReceiverNotWatched);
  EXPECT_EQ(paths[1].verdict, WGT_V_NETWORK_LOST);
  EXPECT_EQ(paths[2].basis, Basis::kStillOpen);
}

TEST_F(OfflineTest, LossesNearThePacketMakeAbsenceProveNothing) {
  const std::uint64_t report = on_beta(kStart);
  write_alpha({tx_ab(0), tx_ab(1, kStart + 20 * kSecond)});
  write_beta({}, {{report - 5 * kSecond, 0}, {report + kSecond, 4}, {report + 6 * kSecond, 4}});
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].basis, Basis::kRecordsLost);
  EXPECT_EQ(paths[1].verdict, WGT_V_NETWORK_LOST);
  EXPECT_EQ(recordings.files[1].lost, 4U);
}

TEST_F(OfflineTest, LossesThatOnlyTheEndReportsMayHaveBeenAnyTime) {
  write_alpha({tx_ab(0)});
  auto writer = recording::Writer::create(path("beta"), beta());
  ASSERT_TRUE(writer);
  files.push_back(path("beta"));
  ASSERT_TRUE(writer->close({on_beta(kEnd), 0, 0, 1}));
  run();
  EXPECT_EQ(only().basis, Basis::kRecordsLost);
}

TEST_F(OfflineTest, ARecordingThatWasCutTestifiesUpToItsLastReport) {
  write_alpha({tx_ab(0), tx_ab(1, kStart + 20 * kSecond)});
  write("beta", beta(), {}, 0, {{on_beta(kStart) + 10 * kSecond, 0}}, Close::kNo);
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, WGT_V_NETWORK_LOST);
  EXPECT_EQ(paths[1].basis, Basis::kStillOpen);
  EXPECT_TRUE(recordings.files[1].cut);
}

TEST_F(OfflineTest, ASendersRecordingThatWasCutMayMissTheDropThatEndedIt) {
  write("alpha", alpha(), {tx_ab(0)}, 0, {}, Close::kNo);
  write_beta({});
  run();
  EXPECT_EQ(only().basis, Basis::kStillOpen);
}

TEST_F(OfflineTest, OfTwoRecordingsOfTheReceiverTheCompleteOneDecides) {
  write_alpha({tx_ab(0)});
  write_beta({}, {{on_beta(kStart), 0}, {on_beta(kStart) + kSecond, 9}});
  write("beta2", beta(), {}, on_beta(kEnd));
  run();
  EXPECT_EQ(only().verdict, WGT_V_NETWORK_LOST);
}

TEST_F(OfflineTest, AReceiverWithAnotherFilterIsNoWitness) {
  decode::HostInfo host = beta();
  host.filter = "tcp";
  write_alpha({tx_ab(0)});
  write("beta", host, {}, on_beta(kEnd));
  run();
  EXPECT_EQ(only().basis, Basis::kReceiverNotWatched);
}

TEST_F(OfflineTest, ADamagedFileGivesWhatCameBefore) {
  write_alpha({tx_ab(0)});
  write_beta({rx_ab(0)});
  std::fstream file(files[1], std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-3, std::ios::end);
  file.put('\x55');
  file.close();
  run();
  EXPECT_EQ(only().verdict, WGT_V_DELIVERED);
  ASSERT_TRUE(recordings.files[1].damage);
  EXPECT_EQ(recordings.files[1].damage->code, Errc::kCorrupt);
}

TEST_F(OfflineTest, AForeignFileIsAnError) {
  write_alpha({tx_ab(0)});
  files.push_back("/proc/version");
  const auto loaded = load_recordings(files);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().text, "/proc/version: not a wg-trace recording");
  files.pop_back();
}

TEST_F(OfflineTest, TooManyRecordsAreAnErrorThatSaysWhatToDo) {
  write_alpha({tx_ab(0), tx_ab(1)});
  write_beta({rx_ab(0), rx_ab(1)});
  EXPECT_TRUE(load_recordings(files, 4));
  const auto loaded = load_recordings(files, 3);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().text,
            files[1] + ": more than 3 records in all: record with a filter or --count");
}

TEST_F(OfflineTest, ExtremeTimesAreComputedWithoutOverflow) {
  constexpr std::uint64_t kMax = std::uint64_t{1} << 60U;
  decode::HostInfo late = beta(), early = alpha();
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
