// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/hops.h"

#include <gtest/gtest.h>

#include "tests/support/record_builder.h"

namespace wgt::event {
namespace {

using test::drop;
using test::rx;
using test::tx;

TEST(Hops, FirstAndLastSkipHopsThatWereNotObserved) {
  EXPECT_EQ(first_hop_ns(tx().hops({0, 20, 30, 0})), 20U);
  EXPECT_EQ(last_hop_ns(tx().hops({0, 20, 30, 0})), 30U);
  EXPECT_EQ(first_hop_ns(rx().hops({0, 5, 6, 0, 0, 9})), 5U);
  EXPECT_EQ(last_hop_ns(rx().hops({0, 5, 6, 0, 0, 9})), 9U);
}

TEST(Hops, ADropMayUseAnySlot) {
  EXPECT_EQ(first_hop_ns(drop(event::VerdictId::OUTER_OUT).hops({0, 0, 0, 8})), 8U);
  EXPECT_EQ(last_hop_ns(drop(event::VerdictId::INNER_IN).hops({0, 0, 0, 0, 0, 8})), 8U);
}

TEST(Hops, ARecordWithoutTimesHasNone) {
  EXPECT_EQ(first_hop_ns(tx().hops({})), 0U);
  EXPECT_EQ(last_hop_ns(tx().hops({})), 0U);
}

TEST(Hops, ASenderHasNoSlotsAfterOuterOut) { EXPECT_EQ(hop_slots(WGT_TX).size(), 4U); }

}  // namespace
}  // namespace wgt::event
