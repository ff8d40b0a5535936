// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/sweep.h"

#include <gtest/gtest.h>

namespace wgt::kernel {
namespace {

TEST(Sweep, GoesByTheDeviceThatBytesBeginWith) {
  const std::set<wgt_device_key> traced{{.netns = 7, .ifindex = 2}};
  wgt_drop_key key{};
  key.device = {.netns = 7, .ifindex = 2};
  EXPECT_TRUE(is_of_any(std::as_bytes(std::span(&key, 1)), traced));
  key.device.ifindex = 3;
  EXPECT_FALSE(is_of_any(std::as_bytes(std::span(&key, 1)), traced));
  key.device = {.netns = 8, .ifindex = 2};
  EXPECT_FALSE(is_of_any(std::as_bytes(std::span(&key, 1)), traced));
  EXPECT_FALSE(is_of_any({}, traced));
}

}  // namespace
}  // namespace wgt::kernel
