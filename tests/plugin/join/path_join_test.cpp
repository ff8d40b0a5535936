// SPDX-License-Identifier: GPL-2.0-only
// The rules of the join, one test each.
#include "plugin/join/path_join.h"

#include <algorithm>

#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using PathJoinTest = TwoHosts;

TEST_F(PathJoinTest, SenderAndReceiverRecordsBecomeOnePath) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  pass_grace();
  EXPECT_TRUE(only().tx && only().rx);
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(only().basis, Basis::kObserved);
  EXPECT_EQ(only().tx->host, a);
  EXPECT_EQ(only().rx->host, b);
}

TEST_F(PathJoinTest, TheReceiversRecordMayComeFirst) {
  join.add(b, rx_ab(5));
  pass(kSecond);
  EXPECT_TRUE(paths.empty());
  join.add(a, tx_ab(5));
  pass_grace();
  EXPECT_TRUE(only().tx && only().rx);
}

TEST_F(PathJoinTest, TheReceiversVerdictIsThePathsVerdict) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5).verdict(event::VerdictId::RX_DISALLOWED_SOURCE));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::RX_DISALLOWED_SOURCE);
  EXPECT_EQ(only().basis, Basis::kObserved);
}

TEST_F(PathJoinTest, ASendersDropNeedsNoReceiver) {
  join.add(a, tx_ab(5).verdict(event::VerdictId::TX_NO_ROUTE));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::TX_NO_ROUTE);
  EXPECT_EQ(only().basis, Basis::kObserved);
}

TEST_F(PathJoinTest, RecordsWithoutAKeyArePathsOfTheirOwn) {
  join.add(a, tx_ab(0).without_key().verdict(event::VerdictId::TX_NO_PEER));
  join.add(a, tx_ab(0).without_key().verdict(event::VerdictId::TX_NO_PEER));
  pass_grace();
  ASSERT_EQ(paths.size(), 2U);
  for (const JoinedPath& path : paths) EXPECT_EQ(path.verdict, event::VerdictId::TX_NO_PEER);
}

TEST_F(PathJoinTest, ASharedIndexDoesNotMixTwoTunnels) {
  // Gamma and delta happen to have chosen the same index at the same time.
  const wg::PublicKey gamma_key = test_key(0xc), delta_key = test_key(0xd);
  event::HostInfo gamma = alpha(), delta = beta();
  gamma.devices = {{{3000, 3}, std::nullopt, "wg1", gamma_key}};
  delta.devices = {{{4000, 4}, std::nullopt, "wg1", delta_key}};
  const HostId c = join.add_host(gamma), d = join.add_host(delta);

  join.add(a, tx_ab(5));
  join.add(d, rx().device(4000, 4).peer(gamma_key).counter(5).at(on_beta(kStart)));
  join.add(c, tx().device(3000, 3).peer(delta_key).counter(5).at(kStart));
  join.add(b, rx_ab(5).verdict(event::VerdictId::RX_DISALLOWED_SOURCE));
  pass_grace();

  ASSERT_EQ(paths.size(), 2U);
  for (const JoinedPath& path : paths) {
    ASSERT_TRUE(path.tx && path.rx);
    EXPECT_EQ(path.rx->host, path.tx->host == a ? b : d);
    EXPECT_EQ(path.verdict, path.tx->host == a ? event::VerdictId::RX_DISALLOWED_SOURCE
                                               : event::VerdictId::DELIVERED);
  }
}

TEST_F(PathJoinTest, OfTwoTunnelsWithOneIndexTheOneThatLostThePacketSaysSo) {
  const wg::PublicKey gamma_key = test_key(0xc), delta_key = test_key(0xd);
  event::HostInfo gamma = alpha(), delta = beta();
  gamma.devices = {{{3000, 3}, std::nullopt, "wg1", gamma_key}};
  delta.devices = {{{4000, 4}, std::nullopt, "wg1", delta_key}};
  const HostId c = join.add_host(gamma);
  join.add_host(delta);

  join.add(a, tx_ab(5));
  join.add(c, tx().device(3000, 3).peer(delta_key).counter(5).at(kStart + 1));
  join.add(b, rx_ab(5));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::NETWORK_LOST);
}

TEST_F(PathJoinTest, ADuplicateIsAPathOfItsOwn) {
  for (const bool duplicate_first : {true, false}) {
    paths.clear();
    const std::uint64_t counter = duplicate_first ? 1 : 2;
    const event::Event duplicate =
        rx_ab(counter).at(on_beta(kStart) + 5 * kMs).verdict(event::VerdictId::RX_REPLAY);
    join.add(a, tx_ab(counter));
    if (duplicate_first) join.add(b, duplicate);
    join.add(b, rx_ab(counter));
    if (!duplicate_first) join.add(b, duplicate);
    pass_hold();
    ASSERT_EQ(paths.size(), 2U);
    EXPECT_TRUE(paths[0].tx && paths[0].rx);
    EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
    EXPECT_FALSE(paths[1].tx);
    EXPECT_EQ(paths[1].verdict, event::VerdictId::RX_REPLAY);
    EXPECT_EQ(paths[1].rx->event.key->counter, counter);
  }
}

TEST_F(PathJoinTest, ADuplicateLongAfterItsPacketIsStillAPathOfItsOwn) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  pass_hold();
  join.add(b, rx_ab(5).at(on_beta(kStart) + 60 * kSecond).verdict(event::VerdictId::RX_REPLAY));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::RX_REPLAY);
  EXPECT_FALSE(paths[1].tx);
}

TEST_F(PathJoinTest, APacketTooLateForTheWindowWasDroppedAsReplay) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5).verdict(event::VerdictId::RX_REPLAY).too_old());
  pass_hold();
  EXPECT_TRUE(only().tx && only().rx);
  EXPECT_EQ(only().verdict, event::VerdictId::RX_REPLAY);
}

TEST_F(PathJoinTest, ADuplicateDoesNotAccuseAPacketWhoseAcceptanceMayBeUnrecorded) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5).verdict(event::VerdictId::RX_REPLAY));
  join.records_lost(b, 1);
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(paths[0].basis, Basis::kRecordsLost);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::RX_REPLAY);
}

TEST_F(PathJoinTest, AForgedCopyDoesNotTakeTheRealOnesPlace) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5).at(on_beta(kStart)).verdict(event::VerdictId::RX_AUTH_FAILED));
  join.add(b, rx_ab(5));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  for (const JoinedPath& path : paths)
    EXPECT_EQ(path.verdict,
              path.tx ? event::VerdictId::DELIVERED : event::VerdictId::RX_AUTH_FAILED);
  EXPECT_NE(paths[0].tx.has_value(), paths[1].tx.has_value());
}

TEST_F(PathJoinTest, AForgedPacketThatGuessedTheNumberDoesNotHideTheRealOne) {
  join.add(b, rx_ab(5).verdict(event::VerdictId::RX_AUTH_FAILED));
  pass_hold();
  join.add(b, rx_ab(6, kStart + 1).verdict(event::VerdictId::RX_AUTH_FAILED));
  pass(JoinOptions{}.hold_ns - 1);
  for (const std::uint64_t counter : {5U, 6U}) join.add(a, tx_ab(counter, kStart + 10 * kSecond));
  pass(2);
  for (const std::uint64_t counter : {5U, 6U}) join.add(b, rx_ab(counter, kStart + 10 * kSecond));
  pass_hold();
  ASSERT_EQ(paths.size(), 4U);
  EXPECT_EQ(std::count_if(paths.begin(), paths.end(),
                          [](const JoinedPath& path) {
                            return path.tx && path.verdict == event::VerdictId::DELIVERED;
                          }),
            2);
  EXPECT_EQ(join.stats().late_records, 0U);
}

TEST_F(PathJoinTest, AFloodOfCopiesTakesNoMoreThanItsShare) {
  join.add(a, tx_ab(5));
  for (int i = 0; i < 1000; ++i) join.add(b, rx_ab(5).verdict(event::VerdictId::RX_REPLAY));
  join.add(b, rx_ab(5));
  pass_hold();
  EXPECT_EQ(paths.size(), 1001U);
  EXPECT_EQ(std::count_if(paths.begin(), paths.end(),
                          [](const JoinedPath& path) { return path.tx.has_value(); }),
            1);
}

TEST_F(PathJoinTest, AReceiversRecordWithoutItsTxIsAPath) {
  join.add(b, rx_ab(5));
  pass_hold();
  EXPECT_FALSE(only().tx);
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
}

TEST_F(PathJoinTest, AReceiverWithoutAWatchedSenderWaitsForNobody) {
  join.add(b, rx_ab(5).peer(test_key(0x77)));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
}

TEST_F(PathJoinTest, AnUnknownIndexOnTheReceiverJoinsItsSender) {
  join.add(b, rx().device(kDeviceB)
                  .counter(5)
                  .at(on_beta(kStart))
                  .verdict(event::VerdictId::RX_UNKNOWN_INDEX));
  join.add(a, tx_ab(5));
  pass_grace();
  EXPECT_TRUE(only().tx && only().rx);
  EXPECT_EQ(only().verdict, event::VerdictId::RX_UNKNOWN_INDEX);
}

TEST_F(PathJoinTest, AReceiverRecordWithoutVerdictIsOpen) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5).verdict(event::VerdictId::UNKNOWN));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kStillOpen);
}

TEST_F(PathJoinTest, AReceiversRecordThatComesTooLateAmendsThePath) {
  join.add(a, tx_ab(5));
  pass_hold();
  join.add(b, rx_ab(5));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::DELIVERED);
  ASSERT_TRUE(paths[1].amends);
  EXPECT_EQ(paths[1].amends->verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(join.stats().late_records, 0U);
}

// Each time that more is known.
TEST_F(PathJoinTest, APathCanBeAmendedTwice) {
  join.add(a, tx_ab(5));
  pass_hold();
  join.add(b, rx_ab(5));
  join.add(
      b,
      drop(event::VerdictId::INNER_IN).device(kDeviceB).counter(5).at(on_beta(kStart) + 2 * kMs));
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[2].verdict, event::VerdictId::INNER_IN);
  EXPECT_EQ(paths[2].amends->verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(join.stats().amended, 2U);
}

TEST_F(PathJoinTest, ASendersRecordThatComesTooLateMakesNoSecondPath) {
  join.add(b, rx_ab(5));
  pass_hold();
  join.add(a, tx_ab(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(join.stats().late_records, 1U);
}

TEST_F(PathJoinTest, NetworkTimeIsUnknownUntilPacketsWentBothWays) {
  join.add(a, tx_ab(5));
  join.add(b, rx_ab(5));
  pass_grace();
  EXPECT_FALSE(only().network);
  paths.clear();
  join.add(b, tx_ba(5));
  join.add(a, rx_ba(5));
  pass_grace();
  ASSERT_TRUE(only().network);
  // The packets took 1 ms less the 3 us from the first hop to outer_out.
  const auto truth = kMs - 3000;
  EXPECT_LE(std::abs(only().network->ns - truth),
            static_cast<std::int64_t>(only().network->error_ns));
  EXPECT_LE(only().network->error_ns, static_cast<std::uint64_t>(kMs));
}

TEST_F(PathJoinTest, OnOneHostNetworkTimeIsExact) {
  event::HostInfo both = alpha();
  both.devices.push_back({kDeviceB, "b", "wg1", kB});
  const HostId c = join.add_host(both);
  join.add(c, tx_ab(5).hops({kStart, kStart + 10, kStart + 20, kStart + 30}));
  join.add(c, rx_ab(5).at(kStart + 100));
  pass_grace();
  ASSERT_TRUE(only().network);
  EXPECT_EQ(only().network->ns, 70);
  EXPECT_EQ(only().network->error_ns, 0U);
}

TEST_F(PathJoinTest, NetworkTimeStartsAtTheLastHopThatWasObserved) {
  event::HostInfo both = alpha();
  both.devices.push_back({kDeviceB, "b", "wg1", kB});
  const HostId c = join.add_host(both);
  join.add(c, tx_ab(5).hops({kStart, kStart + 10, 0, 0}));
  join.add(c, rx_ab(5).at(kStart + 100));
  pass_grace();
  EXPECT_EQ(only().network->ns, 90);
}

}  // namespace
}  // namespace wgt::join
