// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/clock_offset.h"

#include <gtest/gtest.h>

#include "plugin/join/host_clocks.h"
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

TEST(ClockOffset, IsNotKnownFromOneDirection) {
  ClockOffset offset;
  offset.a_to_b(1000, 6200);
  EXPECT_FALSE(offset.at(1000));
  EXPECT_EQ(offset.guess(1000), 5200);
}

TEST(ClockOffset, LiesBetweenTheBoundsOfBothDirections) {
  ClockOffset offset;  // truth: 5000
  offset.a_to_b(1000, 6200);
  offset.b_to_a(7000, 2100);
  const auto estimate = offset.at(2000);
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->ns, 5050);
  EXPECT_EQ(estimate->error_ns, 151U);
}

TEST(ClockOffset, TheFastestPacketsDecide) {
  ClockOffset offset;  // truth: 5000
  for (const int delay : {900, 20, 400}) {
    offset.a_to_b(1000, 6000 + delay);
    offset.b_to_a(7000, 2000 + delay);
  }
  EXPECT_EQ(offset.at(2000)->ns, 5000);
  EXPECT_EQ(offset.at(2000)->error_ns, 21U);
}

TEST(ClockOffset, TheTruthIsAlwaysWithinTheError) {
  ClockOffset offset;
  for (std::int64_t i = 0; i < 100; ++i) {
    const std::int64_t truth = -70'000 + i;  // drifts
    const std::int64_t at = 1'000'000 * i;
    offset.a_to_b(at, at + truth + 37 * (i % 7) + 5);
    offset.b_to_a(at + truth, at + 53 * (i % 5) + 5);
    const auto estimate = offset.at(at);
    ASSERT_TRUE(estimate);
    EXPECT_LE(std::abs(estimate->ns - truth), static_cast<std::int64_t>(estimate->error_ns));
  }
}

TEST(ClockOffset, OldBoundsLoosenWithTime) {
  ClockOffset offset;
  offset.a_to_b(0, 100);
  offset.b_to_a(0, 100);
  EXPECT_EQ(offset.at(0)->error_ns, 100U);
  EXPECT_EQ(offset.at(10'000'000)->error_ns, 100U + 10'000U);
}

TEST(ClockOffset, AClockThatIsSlewedStaysWithinTheError) {
  ClockOffset offset;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto truth = [](std::int64_t at) { return 7 * kSecond - at / 5000; };  // 200 ppm
  for (std::int64_t s = 0; s < 180; ++s) {
    const std::int64_t at = s * kSecond;
    if (s % 4 == 0) {
      offset.a_to_b(at, at + truth(at) + 100'000 + s * 7919 % 900'000);
      offset.b_to_a(at + truth(at), at + 100'000 + s * 104'729 % 900'000);
    }
    const auto estimate = offset.at(at);
    ASSERT_TRUE(estimate);
    EXPECT_LE(std::abs(estimate->ns - truth(at)), static_cast<std::int64_t>(estimate->error_ns));
  }
}

TEST(ClockOffset, ContradictingBoundsMakeItUnknown) {
  ClockOffset offset;
  offset.a_to_b(1000, 2000);
  offset.b_to_a(9000, 2000);
  EXPECT_FALSE(offset.at(1500));
  EXPECT_FALSE(offset.guess(1500));
}

TEST(OffsetTimeline, LooksBackAndAhead) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  OffsetTimeline timeline;  // truth: 5000
  timeline.a_to_b(1 * kSecond, 1 * kSecond + 5000 + 10);
  timeline.b_to_a(3 * kSecond + 5000, 3 * kSecond + 10);
  EXPECT_FALSE(timeline.at(1 * kSecond));
  timeline.settle();
  for (const std::int64_t second : {0, 1, 2, 3, 9}) {
    const auto estimate = timeline.at(second * kSecond);
    ASSERT_TRUE(estimate) << second;
    EXPECT_LE(std::abs(estimate->ns - 5000), static_cast<std::int64_t>(estimate->error_ns));
  }
}

TEST(OffsetTimeline, FollowsAClockThatDriftsForHours) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  OffsetTimeline timeline;
  const auto truth = [](std::int64_t at) { return 12'345 + at / 50'000; };  // 20 ppm
  for (std::int64_t s = 0; s < 7200; s += 3) {
    const std::int64_t at = s * kSecond;
    timeline.a_to_b(at, at + truth(at) + 50'000);
    timeline.b_to_a(at + truth(at), at + 50'000);
  }
  timeline.settle();
  for (std::int64_t s = 0; s < 7200; s += 100) {
    const auto estimate = timeline.at(s * kSecond);
    ASSERT_TRUE(estimate);
    EXPECT_LT(estimate->error_ns, 2'500'000U);
    EXPECT_LE(std::abs(estimate->ns - truth(s * kSecond)),
              static_cast<std::int64_t>(estimate->error_ns));
  }
}

TEST(HostClocks, TheSameBootIsTheSameClock) {
  Hosts hosts;
  hosts.add(test::alpha());
  hosts.add(test::alpha());
  const HostClocks<ClockOffset> clocks(hosts);
  ASSERT_TRUE(clocks.offset(0, 1, 7));
  EXPECT_EQ(clocks.offset(0, 1, 7)->ns, 0);
  EXPECT_EQ(clocks.offset(0, 1, 7)->error_ns, 0U);
}

TEST(HostClocks, UnknownBootIdsAreDifferentClocks) {
  Hosts hosts;
  hosts.add({});
  hosts.add({});
  const HostClocks<ClockOffset> clocks(hosts);
  EXPECT_FALSE(clocks.offset(0, 1, 7));
}

TEST(HostClocks, TheOffsetBackIsTheOffsetThereReversed) {
  Hosts hosts;
  hosts.add(test::alpha());
  hosts.add(test::beta());
  HostClocks<ClockOffset> clocks(hosts);
  const Observed sent{0, test::tx_ab(0)}, arrived{1, test::rx_ab(0)};
  const Observed answer{1, test::tx_ba(0)}, came_back{0, test::rx_ba(0)};
  const PathRecords paths[] = {{.tx = &sent, .rx = &arrived}, {.tx = &answer, .rx = &came_back}};
  clocks.sample(paths);
  const auto there = clocks.offset(0, 1, test::kStart);
  const auto back = clocks.offset(1, 0, test::on_beta(test::kStart));
  ASSERT_TRUE(there && back);
  EXPECT_NEAR(static_cast<double>(there->ns), static_cast<double>(test::kOffset), 3000.0);
  EXPECT_NEAR(static_cast<double>(there->ns), static_cast<double>(-back->ns), 3000.0);
}

TEST(HostClocks, WithoutPacketsTheTimeOfDayDecides) {
  Hosts hosts;
  hosts.add(test::alpha());
  hosts.add(test::beta());
  const HostClocks<ClockOffset> clocks(hosts);
  EXPECT_EQ(clocks.common_ns(1, test::on_beta(5)), clocks.common_ns(0, 5));
  EXPECT_EQ(clocks.common_ns(0, 5), test::kWall + 5);
}

}  // namespace
}  // namespace wgt::join
