// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/hs.h"

#include <gtest/gtest.h>

namespace wgt::event {
namespace {

TEST(Hs, HasTheIdOfItsRow) {
  EXPECT_EQ(hs_id(Hs::COMPLETED), "hs.completed");
  EXPECT_EQ(hs_id(Hs::SILENCE), "silence");
  EXPECT_EQ(hs_id(Hs::CROSSED), "hs.crossed");
  EXPECT_EQ(hs_id(Hs::NONE), "none");
}

TEST(Hs, ResultsAreTheOnesOfHs) {
  EXPECT_TRUE(is_result(Hs::CROSSED));
  EXPECT_TRUE(is_result(Hs::UNDECRYPTABLE));
  EXPECT_FALSE(is_result(Hs::INITIATION_SENT));
  EXPECT_FALSE(is_result(Hs::NONE));
}

TEST(Hs, ForeignNumbersAreNone) {
  EXPECT_EQ(known_hs(kHsCount - 1), Hs::CROSSED);
  EXPECT_EQ(known_hs(kHsCount), Hs::NONE);
}

}  // namespace
}  // namespace wgt::event
