// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/device.h"

#include <gtest/gtest.h>

namespace wgt::wg {
namespace {

TEST(PeerFor, TheLongestPrefixHasIt) {
  Device device;
  device.peers.resize(2);
  device.peers[0].allowed_ips = {{.address = {.version = 4, .bytes = {10}}, .length = 8}};
  device.peers[1].allowed_ips = {{.address = {.version = 4, .bytes = {10, 1}}, .length = 16}};
  const auto of = [&](std::uint8_t first, std::uint8_t second) {
    return peer_for(device, {.version = 4, .bytes = {first, second}});
  };
  EXPECT_EQ(of(10, 2), &device.peers[0]);
  EXPECT_EQ(of(10, 1), &device.peers[1]);
  EXPECT_EQ(of(11, 1), nullptr);
  EXPECT_EQ(peer_for(device, {.version = 6, .bytes = {10, 1}}), nullptr);
  device.peers[0].allowed_ips[0].length = 0;
  EXPECT_EQ(of(11, 1), &device.peers[0]);
}

}  // namespace
}  // namespace wgt::wg
