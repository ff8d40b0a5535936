// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/sample.h"

#include <gtest/gtest.h>

#include "tests/support/event_builder.h"

namespace wgt::filter {
namespace {

// Steps: trains of segments, or a flow that sends every so many, must not fall in step with it.
TEST(Sample, IsOneOfSoManyWhateverTheSessionAndTheRhythm) {
  for (const std::uint32_t session : {0U, 7U, 0x82bf00efU}) {
    for (const std::uint64_t step : {1U, 2U, 44U, 64U, 1024U}) {
      for (const std::uint32_t sample : {10U, 64U}) {
        double chosen = 0;
        constexpr double kNumbers = 64'000;
        for (double i = 0; i < kNumbers; i++)
          chosen +=
              in_sample(event::PacketKey{session, static_cast<std::uint64_t>(i) * step}, sample);
        // The seeds are fixed: within 10 % of what is meant, always.
        EXPECT_NEAR(chosen * sample / kNumbers, 1.0, 0.1) << session << " " << step;
      }
    }
  }
}

TEST(Sample, OfOneIsEverything) { EXPECT_TRUE(in_sample(event::PacketKey{1, 2}, 1)); }

TEST(Sample, HasAllThatFailed) {
  const event::Received dropped = test::rx().verdict(event::VerdictId::RX_REPLAY);
  EXPECT_TRUE(in_sample(event::Event(dropped), 1'000'000));
}

TEST(Sample, HasWhatHasNoNumber) { EXPECT_TRUE(in_sample(std::nullopt, 1000)); }

}  // namespace
}  // namespace wgt::filter
