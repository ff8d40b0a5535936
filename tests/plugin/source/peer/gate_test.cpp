// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/gate.h"

#include <gtest/gtest.h>

#include "tests/support/event_builder.h"

namespace wgt::session {
namespace {

IpAddress ip(const std::string& text) { return parse_ip(text).value(); }

TEST(Gate, OneAddressGetsFourPlaces) {
  Gate gate;
  for (int i = 0; i < 4; i++) EXPECT_TRUE(gate.enter(ip("192.0.2.1")));
  EXPECT_FALSE(gate.enter(ip("192.0.2.1")));
  EXPECT_TRUE(gate.enter(ip("192.0.2.2")));
  gate.leave(ip("192.0.2.1"));
  EXPECT_TRUE(gate.enter(ip("192.0.2.1")));
}

TEST(Gate, AnIpv6NetworkIsOneAddress) {
  Gate gate;
  for (int i = 0; i < 4; i++) EXPECT_TRUE(gate.enter(ip("2001:db8::" + std::to_string(i))));
  EXPECT_FALSE(gate.enter(ip("2001:db8::ffff")));
  EXPECT_TRUE(gate.enter(ip("2001:db8:0:1::1")));
}

TEST(Gate, AllTogetherGetThirtyTwo) {
  Gate gate;
  for (int i = 0; i < 32; i++) EXPECT_TRUE(gate.enter(ip("10.0.0." + std::to_string(i))));
  EXPECT_FALSE(gate.enter(ip("10.0.1.1")));
  gate.leave(ip("10.0.0.7"));
  EXPECT_TRUE(gate.enter(ip("10.0.1.1")));
}

TEST(Gate, TenHandshakesASecondAfterTheFirstForty) {
  Gate gate;
  const std::uint64_t start = 5'000'000'000;
  for (int i = 0; i < 40; i++) EXPECT_TRUE(gate.spend(start)) << i;
  EXPECT_FALSE(gate.spend(start));
  int granted = 0;
  for (std::uint64_t ms = 1; ms <= 1000; ms++) granted += gate.spend(start + ms * 1'000'000);
  EXPECT_EQ(granted, 10);
  EXPECT_FALSE(gate.spend(0));  // a clock that steps back gives nothing
}

TEST(Gate, AnOpeningCountsOnce) {
  Gate gate;
  EXPECT_TRUE(gate.is_new(test::test_key(1)));
  EXPECT_FALSE(gate.is_new(test::test_key(1)));
  EXPECT_TRUE(gate.is_new(test::test_key(2)));
}

TEST(Gate, RemembersTheLastThousandOpenings) {
  Gate gate;
  const auto numbered = [](std::uint32_t number) {
    wg::PublicKey key;
    std::memcpy(key.bytes.data(), &number, sizeof number);
    return key;
  };
  for (std::uint32_t i = 0; i < 1024; i++) EXPECT_TRUE(gate.is_new(numbered(i)));
  for (std::uint32_t i = 0; i < 1024; i++) EXPECT_FALSE(gate.is_new(numbered(i)));
}

}  // namespace
}  // namespace wgt::session
