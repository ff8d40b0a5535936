// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/coverage.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace wgt::join {
namespace {

constexpr event::DeviceKey kDevice{.netns = 7, .ifindex = 3};

event::DeviceInfo traced_from(std::uint64_t since_ns, std::uint64_t until_ns) {
  event::DeviceInfo info;
  info.key = kDevice;
  info.traced_since_mono_ns = since_ns;
  info.traced_until_mono_ns = until_ns;
  return info;
}

Sighting at(std::int64_t earliest, std::int64_t latest, std::int64_t wait_ns = 10) {
  return {.when = {earliest, latest}, .losses = {earliest, latest}, .wait_ns = wait_ns};
}

Coverage of(std::vector<event::DeviceInfo> devices, const Sighting& sighting) {
  event::HostInfo info;
  info.devices = std::move(devices);
  return traced(info, kDevice, sighting, Coverage::kLost);
}

TEST(Coverage, ADeviceThatIsNotListedIsWhatTheCallerSays) {
  EXPECT_EQ(of({}, at(5, 5)), Coverage::kLost);
}

TEST(Coverage, IsFromTheTimeOnThatItWasTraced) {
  EXPECT_EQ(of({traced_from(100, 0)}, at(99, 120)), Coverage::kUnwatched);
  EXPECT_EQ(of({traced_from(100, 0)}, at(100, 120)), Coverage::kCovered);
}

TEST(Coverage, EndsWithTheTracing) {
  EXPECT_EQ(of({traced_from(100, 200)}, at(150, 190)), Coverage::kCovered);
  // It may have come after the tracing ended.
  EXPECT_EQ(of({traced_from(100, 200)}, at(150, 191)), Coverage::kNotYet);
  EXPECT_EQ(of({traced_from(100, 200)}, at(190, 200)), Coverage::kUnwatched);
}

TEST(Coverage, IsThatOfTheTimeThatTellsMost) {
  const std::vector<event::DeviceInfo> twice{traced_from(100, 200), traced_from(300, 0)};
  EXPECT_EQ(of(twice, at(150, 160)), Coverage::kCovered);
  EXPECT_EQ(of(twice, at(250, 260)), Coverage::kUnwatched);
  EXPECT_EQ(of(twice, at(300, 310)), Coverage::kCovered);
}

TEST(Coverage, WhatWasSeenOfADeviceProvesThatItWasTraced) {
  Sighting seen = at(50, 50);
  seen.device_was_seen = true;
  EXPECT_EQ(of({traced_from(100, 0)}, seen), Coverage::kCovered);
}

}  // namespace
}  // namespace wgt::join
