// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/place.h"

#include <gtest/gtest.h>

namespace wgt::health {
namespace {

TEST(Place, ACommandIsRunWhereItsNamespaceIs) {
  EXPECT_EQ(run_from_here("ip route", {}), "ip route");
  EXPECT_EQ(run_from_here("ip route", {.here = false, .netns = "a"}), "ip netns exec a ip route");
  EXPECT_EQ(run_from_here("ip route", {.here = false, .initial = true}),
            "nsenter --net=/proc/1/ns/net ip route");
  EXPECT_EQ(run_from_here("ip route", {.here = false}), std::nullopt);
}

}  // namespace
}  // namespace wgt::health
