// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/one_clock.h"

#include <gtest/gtest.h>

namespace wgt::sink::pcapng {
namespace {

constexpr std::int64_t kHour = 3'600'000'000'000;
constexpr std::int64_t kNow = 1'795'262'591'000'000'000;

explain::Side side(const char* host, std::int64_t wall_ns, std::uint64_t took_ns) {
  explain::Side side;
  side.host = host;
  side.interface = "wg0";
  side.t0_wall_ns = wall_ns;
  side.hops = {{event::Stage::kWgXmit, 0}, {event::Stage::kOuterOut, took_ns}};
  return side;
}

// b's time of day is an hour ahead; the network takes 400.
explain::PathView path(const char* from, const char* to) {
  explain::PathView view;
  const std::int64_t sent = kNow + (from[0] == 'b' ? kHour : 0);
  const std::int64_t received = kNow + 500 + (to[0] == 'b' ? kHour : 0);
  view.tx = side(from, sent, 100);
  view.rx = side(to, received, 50);
  view.network = explain::Network{.ns = 400, .error_ns = 5};
  return view;
}

TEST(PcapngOneClock, IsThatOfTheFirstHost) {
  OneClock clock;
  auto zeros = clock.of(path("a", "b"));
  EXPECT_EQ(zeros.tx_ns, kNow);
  EXPECT_EQ(zeros.rx_ns, kNow + 500);
  zeros = clock.of(path("b", "a"));
  EXPECT_EQ(zeros.tx_ns, kNow);
  EXPECT_EQ(zeros.rx_ns, kNow + 500);
}

TEST(PcapngOneClock, IsRememberedForPathsOfOneHost) {
  OneClock clock;
  (void)clock.of(path("a", "b"));
  explain::PathView alone = path("b", "a");
  alone.rx.reset();
  alone.network.reset();
  EXPECT_EQ(clock.of(alone).tx_ns, kNow);
  EXPECT_EQ(clock.of("b", kNow + kHour), kNow);
  EXPECT_TRUE(clock.knows("b"));
}

TEST(PcapngOneClock, IsTheHostsOwnWhileNothingIsKnown) {
  OneClock clock;
  explain::PathView unknown = path("a", "b");
  unknown.network.reset();
  EXPECT_EQ(clock.of(unknown).rx_ns, kNow + kHour + 500);
  EXPECT_TRUE(clock.knows("a"));
  EXPECT_FALSE(clock.knows("b"));
  unknown.rx->t0_wall_ns = 0;
  EXPECT_EQ(clock.of(unknown).rx_ns, std::nullopt);
  EXPECT_EQ(clock.of(explain::PathView{}).tx_ns, std::nullopt);
}

// Each path is right in itself; across them nothing tells the two apart.
TEST(PcapngOneClock, HostsOfOneName) {
  OneClock clock;
  const auto zeros = clock.of(path("a", "a"));
  EXPECT_EQ(*zeros.rx_ns - *zeros.tx_ns, 500);
  EXPECT_EQ(clock.of("a", 5), 5);
}

}  // namespace
}  // namespace wgt::sink::pcapng
