// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/rough_clocks.h"

#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

struct RoughClocksTest : ::testing::Test {
  RoughClocksTest() : samples(2) {
    event::HostInfo wrong = beta();
    wrong.wall_minus_mono_ns += 3600 * kSecond;
    hosts.add(alpha());
    hosts.add(wrong);
  }
  std::int64_t ahead() const { return rough_clocks(hosts, samples).ahead_ns[1]; }

  Hosts hosts;
  std::vector<Samples> samples;
};

TEST_F(RoughClocksTest, OnePacketOfBothIsEnough) {
  samples[0].note(tx_ab(1));
  samples[1].note(rx_ab(1));
  EXPECT_NEAR(static_cast<double>(ahead()), 3600.0 * kSecond, 2.0 * kMs);
}

TEST_F(RoughClocksTest, OneOfTheOtherDirectionToo) {
  samples[1].note(tx_ba(1));
  samples[0].note(rx_ba(1));
  EXPECT_NEAR(static_cast<double>(ahead()), 3600.0 * kSecond, 2.0 * kMs);
}

TEST_F(RoughClocksTest, OneThatLiesBetweenTwoIsAlmostAsGood) {
  samples[0].note(tx_ab(10, kStart));
  samples[0].note(tx_ab(30, kStart + kSecond));
  samples[1].note(rx_ab(20, kStart + kSecond / 2));
  const RoughClocks rough = rough_clocks(hosts, samples);
  EXPECT_NEAR(static_cast<double>(rough.ahead_ns[1]), 3600.0 * kSecond,
              static_cast<double>(rough.error_ns));
  EXPECT_EQ(rough.error_ns, kSecond);
}

TEST_F(RoughClocksTest, WhoNeverMetIsBelieved) {
  samples[0].note(tx_ab(1));
  samples[1].note(rx_ba(1));
  samples[1].note(rx_ab(1).verdict(event::VerdictId::RX_AUTH_FAILED));
  EXPECT_EQ(ahead(), 0);
}

TEST(Samples, AreBoundedAndSpreadOverAllOfIt) {
  Samples samples(100);
  for (std::uint64_t i = 0; i < 100'000; ++i) samples.note(tx_ab(i));
  EXPECT_LE(samples.all().size(), 100U);
  EXPECT_LT(samples.all().front().key.counter, 10'000U);
  EXPECT_GT(samples.all().back().key.counter, 90'000U);
}

}  // namespace
}  // namespace wgt::join
