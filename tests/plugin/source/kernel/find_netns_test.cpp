// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/find_netns.h"

#include <gtest/gtest.h>

#include "wgtools/base/netns.h"

namespace wgt::kernel {
namespace {

TEST(FindNetns, KnowsTheMountOfANamespace) {
  const char* line = "523 26 0:4 net:[4026532341] /run/docker/netns/a rw shared:2 - nsfs nsfs rw";
  EXPECT_EQ(netns_mount(line, 4026532341u), "/run/docker/netns/a");
  EXPECT_EQ(netns_mount(line, 402653234u), std::nullopt);
  EXPECT_EQ(netns_mount("26 1 8:1 / / rw - ext4 /dev/sda1 rw", 4026532341u), std::nullopt);
  EXPECT_EQ(netns_mount("", 4026532341u), std::nullopt);
}

TEST(FindNetns, FindsItsOwn) {
  const auto own = open_current_netns();
  ASSERT_TRUE(own);
  const auto found = open_netns_by_inum(netns_inum(*own));
  ASSERT_TRUE(found);
  EXPECT_EQ(netns_inum(*found), netns_inum(*own));
}

TEST(FindNetns, SaysWhereItLooked) {
  const auto found = open_netns_by_inum(1);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::kNotFound);
  EXPECT_NE(found.error().text.find("/run/netns"), std::string::npos);
}

}  // namespace
}  // namespace wgt::kernel
