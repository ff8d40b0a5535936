// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/resolve.h"

#include <gtest/gtest.h>

namespace wgt {
namespace {

// Addresses need no name server, so that this says the same on every machine.
TEST(Resolve, AnswersInOrder) {
  const auto found = resolve({"192.0.2.1", "::1", "192.0.2.2"}, std::chrono::seconds(10));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].name, "192.0.2.1");
  ASSERT_EQ(found[2].addresses.size(), 1U) << "each once";
  EXPECT_EQ(to_string(found[2].addresses[0]), "192.0.2.2");
  EXPECT_EQ(to_string(found[1].addresses.at(0)), "::1");
}

TEST(Resolve, SaysWhyNot) {
  const auto found = resolve({""}, std::chrono::seconds(10));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].addresses.empty());
  EXPECT_FALSE(found[0].error.empty() && !found[0].timed_out);
}

TEST(Resolve, OfNothing) { EXPECT_TRUE(resolve({}, std::chrono::seconds(1)).empty()); }

}  // namespace
}  // namespace wgt
