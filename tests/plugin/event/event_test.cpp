// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/event.h"

#include <gtest/gtest.h>

#include "tests/support/event_builder.h"

namespace wgt::event {
namespace {

using test::drop;
using test::rx;
using test::tx;

TEST(Hops, FirstAndLastSkipHopsThatWereNotObserved) {
  EXPECT_EQ(first_hop_ns(tx().hops({0, 20, 30, 0}).build()), 20U);
  EXPECT_EQ(last_hop_ns(tx().hops({0, 20, 30, 0}).build()), 30U);
  EXPECT_EQ(first_hop_ns(rx().hops({0, 5, 6, 0, 0, 9}).build()), 5U);
  EXPECT_EQ(last_hop_ns(rx().hops({0, 5, 6, 0, 0, 9}).build()), 9U);
}

TEST(Hops, ADropHasOneTime) {
  EXPECT_EQ(first_hop_ns(drop(VerdictId::OUTER_OUT).at(8).build()), 8U);
  EXPECT_EQ(last_hop_ns(drop(VerdictId::INNER_IN).at(8).build()), 8U);
}

TEST(Hops, AnEventWithoutTimesHasNone) {
  EXPECT_EQ(first_hop_ns(tx().hops({}).build()), 0U);
  EXPECT_EQ(last_hop_ns(tx().hops({}).build()), 0U);
}

TEST(InnerOf, IsWhatTheEventItselfKnows) {
  EXPECT_EQ(inner_of(tx().build()), nullptr);
  const Event sent = tx().inner_udp("10.0.0.1", 1, "10.0.0.2", 2);
  ASSERT_NE(inner_of(sent), nullptr);
  EXPECT_EQ(inner_of(sent)->dst_port, 2);
  const Event rejection = test::rejection().build();
  EXPECT_EQ(inner_of(rejection), nullptr) << "an ICMP error is not the packet";
}

TEST(InnerOf, AMessageThatWasNotDecryptedSaysNothing) {
  auto message = rx().inner_udp("10.0.0.1", 1, "10.0.0.2", 2);
  EXPECT_NE(inner_of(message.build()), nullptr);
  EXPECT_NE(inner_of(message.verdict(VerdictId::UNKNOWN).build()), nullptr) << "on its way still";
  EXPECT_NE(inner_of(message.verdict(VerdictId::RX_REPLAY).build()), nullptr);
  EXPECT_EQ(inner_of(message.verdict(VerdictId::RX_AUTH_FAILED).build()), nullptr);
}

}  // namespace
}  // namespace wgt::event
