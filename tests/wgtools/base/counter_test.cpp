// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/counter.h"

#include <gtest/gtest.h>

namespace wgt {
namespace {

TEST(Counter, CountsSinceItsLastReading) {
  EXPECT_EQ(counted_since(7, 7), 0u);
  EXPECT_EQ(counted_since(9, 7), 2u);
  EXPECT_EQ(counted_since(UINT64_MAX, 0), UINT64_MAX);
}

TEST(Counter, OneThatBeganAnewHasCountedWhatItShows) {
  EXPECT_EQ(counted_since(0, 10), 0u);
  EXPECT_EQ(counted_since(3, 10), 3u);
}

}  // namespace
}  // namespace wgt
