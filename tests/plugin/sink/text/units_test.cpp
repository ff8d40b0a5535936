// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/units.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace wgt::sink {
namespace {

TEST(FormatBytes, IsAsWgPrintsIt) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.00 KiB");
  EXPECT_EQ(format_bytes(1240), "1.21 KiB");
  EXPECT_EQ(format_bytes(5ULL << 20), "5.00 MiB");
  EXPECT_EQ(format_bytes(3ULL << 30), "3.00 GiB");
  EXPECT_EQ(format_bytes(1ULL << 40), "1.00 TiB");
  EXPECT_EQ(format_bytes(UINT64_MAX), "16777216.00 TiB");
}

TEST(FormatAge, IsAsWgPrintsIt) {
  EXPECT_EQ(format_age(0), "Now");
  EXPECT_EQ(format_age(1), "1 second ago");
  EXPECT_EQ(format_age(72), "1 minute, 12 seconds ago");
  EXPECT_EQ(format_age(3600), "1 hour ago");
  EXPECT_EQ(format_age(2 * 86400 + 5), "2 days, 5 seconds ago");
  EXPECT_EQ(format_age(std::int64_t{365} * 86400 + 86400), "1 year, 1 day ago");
  EXPECT_EQ(format_age(-1), "(System clock wound backward; connection problems may ensue.)");
}

TEST(FormatDuration, ChoosesTheUnitAfterRounding) {
  EXPECT_EQ(format_duration(0), "0.0 µs");
  EXPECT_EQ(format_duration(850), "0.8 µs");
  EXPECT_EQ(format_duration(13900), "13.9 µs");
  EXPECT_EQ(format_duration(999'940), "999.9 µs");
  EXPECT_EQ(format_duration(999'960), "1.0 ms");
  EXPECT_EQ(format_duration(20'100'000), "20.1 ms");
  EXPECT_EQ(format_duration(999'960'000), "1.0 s");
  EXPECT_EQ(format_duration(75'200'000'000), "75.2 s");
  EXPECT_EQ(format_duration(-3000), "-3.0 µs");
}

TEST(FormatTime, IsUtcToTheNanosecond) {
  const std::int64_t ns = 1'795'262'591'482'913'007;
  EXPECT_EQ(format_rfc3339(ns), "2026-11-21T12:03:11.482913007Z");
  EXPECT_EQ(format_date_time(ns), "2026-11-21 12:03:11.482913 UTC");
  EXPECT_EQ(format_clock(ns), "12:03:11.482");
}

TEST(FormatTime, SurvivesABrokenClock) {
  EXPECT_EQ(format_rfc3339(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_FALSE(format_rfc3339(INT64_MIN).empty());
  EXPECT_FALSE(format_rfc3339(INT64_MAX).empty());
}

}  // namespace
}  // namespace wgt::sink
