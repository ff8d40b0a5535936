// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/socket_place.h"

#include <gtest/gtest.h>

#include "wgtools/base/netns.h"

namespace wgt::app {
namespace {

TEST(PlaceOf, OnesOwnNamespaceNeedsNoWords) {
  const auto own = open_current_netns();
  ASSERT_TRUE(own);
  const auto place = place_of(netns_inum(*own));
  ASSERT_TRUE(place);
  EXPECT_TRUE(place->here);
}

TEST(PlaceOf, AnUnknownOneHasNone) {
  const auto place = place_of(1);
  ASSERT_TRUE(place);
  EXPECT_FALSE(place->here);
  EXPECT_FALSE(place->initial);
  EXPECT_FALSE(place->netns);
}

TEST(TracedSocket, OfWhatIsNotTracedIsNotKnown) { EXPECT_EQ(traced_socket({1, 1}), 0U); }

}  // namespace
}  // namespace wgt::app
