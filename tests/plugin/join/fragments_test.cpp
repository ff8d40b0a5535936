// SPDX-License-Identifier: GPL-2.0-only
// A first fragment came: what becomes of the packet says whether the others did.
#include <algorithm>

#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

using FragmentsTest = TwoHosts;

EventBuilder<event::FirstFragment> first_fragment(std::uint64_t counter,
                                                  std::uint64_t sent = kStart) {
  return wgt::test::first_fragment().device(kDeviceB).counter(counter).at(on_beta(sent) + kMs / 2);
}

TEST_F(FragmentsTest, WhenTheOthersComeItIsForgotten) {
  join.add(a, tx_ab(5));
  join.add(b, first_fragment(5));
  pass_grace();
  EXPECT_TRUE(paths.empty());
  join.add(b, rx_ab(5));
  pass_grace();
  EXPECT_EQ(only().verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(only().basis, Basis::kObserved);
  EXPECT_FALSE(only().drop);
}

TEST_F(FragmentsTest, WhenTheyDoNotThePacketIsLostAndThatIsWhy) {
  join.add(a, tx_ab(5));
  join.add(b, first_fragment(5));
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(only().basis, Basis::kOnlyExplanation);
  ASSERT_TRUE(only().drop);
  EXPECT_TRUE(std::holds_alternative<event::FirstFragment>(only().drop->event));
}

// After 30 or 60 seconds.
TEST_F(FragmentsTest, ThatTheStackFreesThemLaterChangesNothing) {
  join.add(a, tx_ab(5));
  join.add(b, first_fragment(5));
  pass_hold();
  join.add(b, drop(event::VerdictId::OUTER_IN)
                  .device(kDeviceB)
                  .counter(5)
                  .port_match()
                  .at(on_beta(kStart) + kMs));
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(join.stats().late_drops, 1U);
  join.add(b, rx_ab(5));
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::DELIVERED);
  EXPECT_TRUE(paths[1].amends);
}

TEST_F(FragmentsTest, TheReceiverAloneKnowsThatToo) {
  join.add(b, first_fragment(5));
  pass_grace();
  EXPECT_TRUE(paths.empty());
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(only().basis, Basis::kOnlyExplanation);
}

TEST_F(FragmentsTest, WhereRecordsWereLostNothingFollows) {
  join.add(b, first_fragment(5));
  join.records_lost(b, 1);
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::UNKNOWN);
  EXPECT_EQ(only().basis, Basis::kRecordsLost);
}

TEST_F(FragmentsTest, WhatTheReceiversStackSaysOfTheWholePacketCounts) {
  for (const bool sender_watched : {true, false}) {
    paths.clear();
    const std::uint64_t counter = sender_watched ? 5 : 6;
    if (sender_watched) join.add(a, tx_ab(counter));
    join.add(b, first_fragment(counter));
    join.add(b, drop(event::VerdictId::OUTER_IN)
                    .device(kDeviceB)
                    .counter(counter)
                    .port_match()
                    .at(on_beta(kStart) + kMs));
    pass_hold();
    EXPECT_EQ(only().verdict, event::VerdictId::OUTER_IN);
    EXPECT_EQ(only().basis, Basis::kObserved);
  }
}

}  // namespace
}  // namespace wgt::join
