// SPDX-License-Identifier: GPL-2.0-only
// alpha's wg0 goes through alpha's wg1, on the way to beta or on a way that nobody watches.
#include "tests/plugin/join/carried.h"

namespace wgt::join::test {
namespace {

struct Nested : TwoHosts {
  const JoinedPath& of_wg0(std::size_t place = 0) {
    std::size_t seen = 0;
    for (const JoinedPath& path : paths)
      if (path.tx && path.tx->event.device == kDeviceA && seen++ == place) return path;
    ADD_FAILURE() << "path " << place << " of wg0 is missing";
    static const JoinedPath kNone;
    return kNone;
  }
};

TEST_F(Nested, ADeliveredPacketNamesItsCarrier) {
  join.add(a, carrier());
  join.add(a, carried());
  join.add(b, rx_ab(kNumber));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::DELIVERED);
  ASSERT_TRUE(of_wg0().carrier);
  EXPECT_EQ(of_wg0().carrier->tx->event.device, kCarrier);
  EXPECT_FALSE(of_wg0().ended_in_carrier);
}

TEST_F(Nested, APacketDiesWithItsCarrier) {
  join.add(a, dead_carrier());
  join.add(a, carried());
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::TX_NO_PEER);
  EXPECT_EQ(of_wg0().basis, Basis::kObserved);
  EXPECT_TRUE(of_wg0().ended_in_carrier);
}

TEST_F(Nested, WhatWasSeenOfThePacketItselfCountsMore) {
  join.add(a, dead_carrier());
  join.add(a, carried());
  join.add(b, rx_ab(kNumber));
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::DELIVERED);
  EXPECT_FALSE(of_wg0().ended_in_carrier);
}

TEST_F(Nested, ACarrierOfAnotherNumberOrTimeIsNone) {
  join.add(a, carrier(kStart + 2500, kNumber + 1).verdict(event::VerdictId::TX_NO_ROUTE));
  EventBuilder<Sent> elsewhere = carrier(kStart + kSecond).verdict(event::VerdictId::TX_NO_ROUTE);
  elsewhere->inner.dst_port = 9;
  join.add(a, elsewhere);
  join.add(a, carried());
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_FALSE(of_wg0().carrier);
}

TEST_F(Nested, ATranslatedAddressIsMadeUpForByTheTime) {
  EventBuilder<Sent> translated = carrier().verdict(event::VerdictId::TX_NO_ROUTE);
  translated->inner.src_port = 1024;
  join.add(a, translated);
  join.add(a, carried());
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::TX_NO_ROUTE);
}

TEST_F(Nested, ACarrierOfAnotherSessionWithTheSameNumberIsNone) {
  EventBuilder<Sent> before = carrier(kStart - 60 * kSecond).verdict(event::VerdictId::TX_NO_ROUTE);
  join.add(a, before);
  pass_hold();
  join.add(a, carried());
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_FALSE(of_wg0().carrier);
}

TEST_F(Nested, ACarrierThatLeftSaysNothingOfItsEnd) {
  join.add(a, carrier());
  join.add(a, carried());
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_TRUE(of_wg0().carrier);
}

TEST_F(Nested, AWaitingCarrierIsWaitedForAndAmends) {
  join.add(a, carried());
  pass(kSecond);
  join.add(a, dead_carrier(event::VerdictId::TX_WAITING));
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::TX_WAITING);
  join.add(a, dead_carrier(event::VerdictId::TX_STAGED_PURGED));
  pass_hold();
  EXPECT_EQ(of_wg0(1).verdict, event::VerdictId::TX_STAGED_PURGED);
  ASSERT_TRUE(of_wg0(1).amends);
  EXPECT_EQ(of_wg0(1).amends->verdict, event::VerdictId::TX_WAITING);
}

TEST_F(Nested, ACarrierThatDiesLateAmends) {
  join.add(a, carried());
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::NETWORK_LOST);
  join.add(a, dead_carrier());
  pass_hold();
  EXPECT_EQ(of_wg0(1).verdict, event::VerdictId::TX_NO_PEER);
  EXPECT_TRUE(of_wg0(1).amends);
}

TEST_F(Nested, WhatComesBackToTheSamePeerGoesRound) {
  // wg0 -> wg1 -> wg0, each message in the next
  join.add(a, carried());
  EventBuilder<Sent> first = carrier();
  first.outer_udp("10.2.0.1", 51830, "10.2.0.2", 51831);
  join.add(a, first);
  EventBuilder<Sent> again = tx_ab(kNumber + 1, kStart + 5000)
                                 .inner_udp("10.2.0.1", 51830, "10.2.0.2", 51831)
                                 .outer_udp("10.1.0.1", 51820, "10.1.0.2", 51821);
  again->inner.is_message = true;
  again->inner.seq = 40;
  join.add(a, again);
  pass_hold();
  EXPECT_EQ(of_wg0().verdict, event::VerdictId::TX_LOOP);
  EXPECT_EQ(of_wg0().basis, Basis::kObserved);
}

TEST_F(Nested, MadeUpCarriersOfEachOtherEnd) {
  // A thousand packets, each of which says that it carries the one before.
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EventBuilder<Sent> next = carrier(kStart + i * 1000, i);
    next->key->counter = i + 1;
    next.outer_udp("10.1.0.1", 51820, "10.1.0.2", 51821);
    join.add(a, next);
  }
  pass_hold();
  EXPECT_EQ(paths.size(), 1000U);
  for (const JoinedPath& path : paths) EXPECT_LE(path.carriers, kMaxCarriers);
}

}  // namespace
}  // namespace wgt::join::test
