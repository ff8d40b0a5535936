// SPDX-License-Identifier: GPL-2.0-only
// Drops that only their inner headers connect with a packet.
#include "plugin/join/unnumbered_drops.h"
#include "tests/plugin/join/recorded_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using FlowMatchTest = TwoHosts;
using FlowMatchOffline = RecordedHosts;

EventBuilder<Received> ping_on_b(std::uint64_t counter, std::uint16_t sequence) {
  return rx_ab(counter).inner_ping("10.0.0.1", "192.168.50.2", 77, sequence);
}
EventBuilder<StackDrop> numberless(std::uint16_t sequence,
                                   std::uint64_t at = on_beta(kStart + 2 * kMs)) {
  return drop(event::VerdictId::INNER_IN)
      .device(kDeviceB)
      .without_key()
      .inner_ping("10.0.0.1", "192.168.50.2", 77, sequence)
      .at(at);
}

TEST_F(FlowMatchTest, ADropWithoutANumberEndsThePacketItsInnerHeadersName) {
  for (const std::uint16_t n : {std::uint16_t{1}, std::uint16_t{2}}) {
    join.add(a, tx_ab(n));
    if (n == 2) join.add(b, numberless(n));  // before, in the same round
    join.add(b, ping_on_b(n, n));
  }
  pass_grace();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::INNER_IN);
  EXPECT_EQ(paths[1].basis, Basis::kOnlyExplanation);
  EXPECT_EQ(join.stats().records, 5U);
}

TEST_F(FlowMatchTest, NothingIsGuessedWhenTwoPacketsFit) {
  for (const std::uint64_t counter : {1U, 2U}) {
    join.add(a, tx_ab(counter));
    join.add(b, ping_on_b(counter, 9));
  }
  join.add(b, numberless(9));
  pass_grace();
  ASSERT_EQ(paths.size(), 2U);
  for (const JoinedPath& path : paths) EXPECT_EQ(path.verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(join.stats().late_drops, 1U);
}

TEST_F(FlowMatchTest, ADropWithoutANumberAmendsWhatWasPutOut) {
  join.add(a, tx_ab(1));
  join.add(b, ping_on_b(1, 9));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  join.add(b, numberless(9));
  pass_grace();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::INNER_IN);
  EXPECT_EQ(paths[1].basis, Basis::kOnlyExplanation);
  EXPECT_TRUE(paths[1].amends);
}

// What a listener does before it knows which peer may see the drop.
TEST(UnnumberedDropsTest, GetTheNumberOfTheOnePacketThatFits) {
  UnnumberedDrops drops(2);
  EXPECT_TRUE(drops.take(numberless(9)));  // before, in the same round
  EXPECT_FALSE(drops.take(ping_on_b(1, 9)));
  EXPECT_FALSE(drops.take(ping_on_b(2, 8)));
  const auto found = drops.numbered();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(event::key_of(found[0].event)->counter, 1U);
  EXPECT_TRUE(std::get<StackDrop>(found[0].event).inferred);
  EXPECT_TRUE(drops.numbered().empty());

  drops.take(ping_on_b(3, 8));
  drops.take(numberless(8));
  EXPECT_TRUE(drops.numbered().empty());  // two fit
  drops.take(numberless(9));
  EXPECT_TRUE(drops.numbered().empty());  // so long ago that it is forgotten
}

// Its packet was told as delivered, or will be: it must not be two.
TEST_F(FlowMatchTest, ADropOfNoKnownPacketIsNoPath) {
  join.add(b, numberless(1));
  pass_hold();
  EXPECT_TRUE(paths.empty());
  EXPECT_EQ(join.stats().late_drops, 1U);
}

TEST_F(FlowMatchTest, WhatMayBeAnyPacketOfAFlowIsNotMatched) {
  join.add(a, tx_ab(1));
  join.add(b, rx_ab(1).inner_udp("10.0.0.1", 5, "192.168.50.2", 6));
  join.add(b, numberless(0).inner_udp("10.0.0.1", 5, "192.168.50.2", 6));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
}

TEST_F(FlowMatchTest, ADropBeforeTheDeliveryOrLongAfterItIsAnotherPackets) {
  for (const std::uint64_t at : {on_beta(kStart), on_beta(kStart + 6 * kSecond)}) {
    paths.clear();
    join.add(a, tx_ab(at));
    join.add(b, ping_on_b(at, 9));
    join.add(b, numberless(9, at));
    pass_grace();
    EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  }
}

TEST_F(FlowMatchTest, OfManyFragmentsTheFirstDropCounts) {
  join.add(a, tx_ab(1));
  join.add(b, ping_on_b(1, 9));
  join.add(b, numberless(9));
  join.add(b, numberless(9, on_beta(kStart + 3 * kMs)));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::INNER_IN);
}

TEST_F(FlowMatchOffline, RecordingsAreMatchedTheSameWay) {
  write_alpha({tx_ab(1), tx_ab(2), tx_ab(3)});
  write_beta({ping_on_b(1, 1), ping_on_b(2, 2), numberless(2), ping_on_b(3, 3), numberless(4)});
  run();
  ASSERT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::INNER_IN);
  EXPECT_EQ(paths[1].basis, Basis::kOnlyExplanation);
  EXPECT_EQ(paths[2].verdict, event::VerdictId::DELIVERED);
}

}  // namespace
}  // namespace wgt::join
