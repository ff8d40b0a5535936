// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/interface_view.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/view_builder.h"

namespace wgt::explain {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kUp = 100 * kSecond;
constexpr std::uint64_t kIdA = 7;

struct Count {
  VerdictId verdict;
  std::uint64_t count;
  std::uint32_t reason = 0;
  std::uint64_t last_ns = kUp + kSecond;
};

struct Read : InterfaceReading {
  Read() {
    device.name = "wg0";
    device.peers = {{.public_key = test::kKeyA}};
    up_mono_ns = kUp;
    rx_errors_at_up = 50;
    rx_errors = 50;
    drop_reasons = {{8, "NETFILTER_DROP"}};
    wall_ns = 1'000'000 * kSecond;
    mono_ns = 200 * kSecond;
    boot_ns = 300 * kSecond;
    sessions = {{.peer = test::kKeyA, .peer_id = kIdA}};
  }
  Read& drop(const wg::PublicKey& peer, const Count& c) {
    drops.push_back({.peer = wg::is_zero(peer) ? std::nullopt : std::optional(peer),
                     .verdict = c.verdict,
                     .reason = c.reason,
                     .count = c.count,
                     .last_ns = c.last_ns});
    return *this;
  }
  Read& missing(std::optional<std::uint64_t> count) {
    sums[kIdA].missing = count;
    return *this;
  }
};

std::uint64_t count_of(const std::vector<DropRow>& rows, VerdictId verdict) {
  for (const DropRow& row : rows)
    if (row.verdict == verdict) return row.count;
  return 0;
}

TEST(RefusedUnseen, IsWhatNothingElseExplains) {
  EXPECT_EQ(refused_unseen(10, 4, 0).replayed, 6U);
  EXPECT_EQ(refused_unseen(10, 4, 0).replayed_or_bad_inner, 0U);
  EXPECT_EQ(refused_unseen(4, 4, 0).replayed, 0U);
  EXPECT_EQ(refused_unseen(3, 4, 0).replayed, 0U) << "counted while the totals were read";
}

TEST(RefusedUnseen, IsUnsureAsFarAsBadInnerPacketsCanBeMeant) {
  EXPECT_EQ(refused_unseen(10, 4, 2).replayed, 4U);
  EXPECT_EQ(refused_unseen(10, 4, 2).replayed_or_bad_inner, 2U);
  EXPECT_EQ(refused_unseen(10, 4, 100).replayed, 0U);
  EXPECT_EQ(refused_unseen(10, 4, 100).replayed_or_bad_inner, 6U);
  EXPECT_EQ(refused_unseen(10, 4, std::nullopt).replayed_or_bad_inner, 6U);
}

TEST(Quantile, LiesInTheBucketThatHoldsIt) {
  Histogram h{};
  EXPECT_EQ(quantile_ns(h, 0.5), 0U);
  h[4] = 98;  // 4096 to 8192
  h[9] = 2;   // 131072 to 262144
  EXPECT_GT(quantile_ns(h, 0.50), 4096U);
  EXPECT_LT(quantile_ns(h, 0.50), 8192U);
  EXPECT_EQ(quantile_ns(h, 0.98), 8192U);
  EXPECT_GT(quantile_ns(h, 0.99), 131072U);
  EXPECT_LE(quantile_ns(h, 0.99), 262144U);
  EXPECT_EQ(quantile_ns(h, 1.0), 262144U);
}

TEST(Quantile, HasOpenEnds) {
  Histogram first{};
  first[0] = 2;
  EXPECT_EQ(quantile_ns(first, 0.5), 256U);
  Histogram last{};
  last[event::kLatencyBuckets - 1] = 1;
  EXPECT_EQ(quantile_ns(last, 0.99), std::uint64_t{1} << 31U);
}

TEST(InterfaceView, DerivesReplaysFromTotals) {
  Read read;
  read.missing(10).drop(test::kKeyA, {VerdictId::RX_DISALLOWED_SOURCE, 4});
  read.rx_errors = 54;  // the four disallowed ones, no bad inner packet
  const InterfaceView view = build_interface_view(read);
  EXPECT_EQ(count_of(view.peers.at(0).drops, VerdictId::RX_REPLAY), 6U);
  EXPECT_EQ(count_of(view.peers.at(0).drops, VerdictId::UNKNOWN), 0U);
}

TEST(InterfaceView, CountsAReplayThatWasWatchedOnce) {
  Read read;
  read.missing(10).drop(test::kKeyA, {VerdictId::RX_REPLAY, 7});
  const InterfaceView view = build_interface_view(read);
  ASSERT_EQ(view.peers.at(0).drops.size(), 1U);
  EXPECT_EQ(view.peers[0].drops[0].count, 10U);
  EXPECT_NE(view.peers[0].drops[0].last_wall_ns, 0);
}

TEST(InterfaceView, SaysWhenItMayHaveBeenBadInnerPackets) {
  Read read;
  read.missing(10).drop(test::kKeyA, {VerdictId::RX_BAD_INNER, 1});
  read.rx_errors = 54;
  const auto drops = build_interface_view(read).peers.at(0).drops;
  EXPECT_EQ(count_of(drops, VerdictId::RX_REPLAY), 6U);
  EXPECT_EQ(count_of(drops, VerdictId::UNKNOWN), 3U);
  EXPECT_EQ(drops.back().reason, "rx.replay or rx.bad_inner");
}

TEST(InterfaceView, DerivesNothingFromASharedSlot) {
  Read read;
  read.missing(std::nullopt);
  EXPECT_TRUE(build_interface_view(read).peers.at(0).drops.empty());
}

TEST(InterfaceView, PutsDropsWhereTheyBelong) {
  Read read;
  read.drop({}, {VerdictId::TX_NO_PEER, 5}).drop(test::kKeyA, {VerdictId::OUTER_OUT, 2, 8});
  read.drop(test::kKeyA, {VerdictId::OUTER_OUT, 3, 9999, kUp + 5});
  read.drop(test::kKeyB, {VerdictId::RX_AUTH_FAILED, 1});
  const InterfaceView view = build_interface_view(read);
  EXPECT_EQ(count_of(view.drops, VerdictId::TX_NO_PEER), 5U);
  EXPECT_EQ(count_of(view.removed_drops, VerdictId::RX_AUTH_FAILED), 1U);
  const auto& own = view.peers.at(0).drops;
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(own[0].reason, "NETFILTER_DROP") << "the latest first";
  EXPECT_EQ(own[0].last_wall_ns, (1'000'000 - 99) * kSecond);
  EXPECT_EQ(own[1].reason, "drop reason 9999");
}

TEST(InterfaceView, LeavesOutWhatIsFromBeforeUp) {
  Read read;
  read.drop({}, {VerdictId::TX_NO_PEER, 5, 0, kUp - 1});
  EXPECT_TRUE(build_interface_view(read).drops.empty());
}

TEST(InterfaceView, ShowsSessionsByPlaceWithTheirAge) {
  Read read;
  const std::uint64_t birth = 259 * kSecond + kSecond / 2;
  read.sessions[0].sessions = {
      {.place = event::SessionPlace::kCurrent, .local_index = 1, .birth_boot_ns = birth},
      {.place = event::SessionPlace::kPrevious, .local_index = 1, .birth_boot_ns = birth}};
  const auto rows = build_interface_view(read).peers.at(0).sessions;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_STREQ(rows[0].place, "current");
  EXPECT_STREQ(rows[1].place, "previous");
  EXPECT_EQ(rows[0].age_s, 40);
}

TEST(InterfaceView, HasPeersInWgsOrder) {
  Read read;
  read.device.peers = {{.public_key = {}},
                       {.public_key = test::kKeyA, .last_handshake_unix_s = 5},
                       {.public_key = test::kKeyB, .last_handshake_unix_s = 9}};
  const InterfaceView view = build_interface_view(read);
  EXPECT_EQ(view.peers.at(0).peer.public_key, test::kKeyB);
  EXPECT_EQ(view.peers.at(1).peer.public_key, test::kKeyA);
  EXPECT_EQ(view.traced_since_wall_ns, (1'000'000 - 100) * kSecond);
}

}  // namespace
}  // namespace wgt::explain
