// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/ip.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <random>

namespace wgt {
namespace {

IpPrefix prefix(std::string_view address, std::uint8_t length) {
  return {.address = parse_ip(address).value(), .length = length};
}

bool inside(std::string_view network, std::uint8_t length, std::string_view address) {
  return contains(prefix(network, length), parse_ip(address).value());
}

TEST(IpAddress, ParsesAndPrintsBothVersions) {
  EXPECT_EQ(to_string(*parse_ip("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(parse_ip("192.0.2.1")->version, 4);
  EXPECT_EQ(to_string(*parse_ip("2001:db8:0:0::1")), "2001:db8::1");
  EXPECT_EQ(parse_ip("::")->version, 6);
  EXPECT_EQ(to_string(IpAddress{}), "(none)");
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  using std::string_view_literals::operator""sv;
  for (const auto text : {""sv, "192.0.2"sv, "192.0.2.1/24"sv, "fe80::1%2"sv, "192.0.2.1 "sv,
                          "::1\0x"sv, "example.org"sv}) {
    const auto address = parse_ip(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, Errc::kInvalid);
  }
}

TEST(IpAddress, KeepsNetworkOrderAndZeroesTheRest) {
  const IpAddress address = *parse_ip("192.0.2.1");
  EXPECT_EQ(address.bytes, (std::array<std::uint8_t, 16>{192, 0, 2, 1}));
  EXPECT_EQ(address, make_ipv4(std::array<std::uint8_t, 4>{192, 0, 2, 1}));
  EXPECT_EQ(*parse_ip("::"), make_ipv6(std::array<std::uint8_t, 16>{}));
}

TEST(IpAddress, OfDifferentVersionsDiffer) {
  EXPECT_NE(*parse_ip("0.0.0.0"), *parse_ip("::"));
  EXPECT_LT(*parse_ip("10.0.0.1"), *parse_ip("10.0.0.2"));
}

TEST(Endpoint, PrintsIpv6InBracketsWithItsScope) {
  EXPECT_EQ(to_string(Endpoint{.address = *parse_ip("192.0.2.1"), .port = 51820}),
            "192.0.2.1:51820");
  EXPECT_EQ(to_string(Endpoint{.address = *parse_ip("fe80::1"), .port = 51820, .scope_id = 2}),
            "[fe80::1%2]:51820");
  EXPECT_EQ(to_string(Endpoint{.address = *parse_ip("2001:db8::1"), .port = 1}), "[2001:db8::1]:1");
}

TEST(IpPrefix, PrintsItsLength) {
  EXPECT_EQ(to_string(prefix("10.0.0.0", 8)), "10.0.0.0/8");
  EXPECT_EQ(to_string(prefix("::", 0)), "::/0");
}

TEST(IpPrefix, ContainsWhatSharesItsFirstBits) {
  EXPECT_TRUE(inside("10.0.0.0", 8, "10.255.0.1"));
  EXPECT_FALSE(inside("10.0.0.0", 8, "11.0.0.1"));
  EXPECT_TRUE(inside("10.0.0.0", 9, "10.127.0.1"));
  EXPECT_FALSE(inside("10.0.0.0", 9, "10.128.0.1"));
  EXPECT_TRUE(inside("192.0.2.1", 32, "192.0.2.1"));
  EXPECT_FALSE(inside("192.0.2.1", 32, "192.0.2.0"));
  EXPECT_TRUE(inside("2001:db8::", 33, "2001:db8:7fff::1"));
  EXPECT_FALSE(inside("2001:db8::", 33, "2001:db8:8000::1"));
  EXPECT_TRUE(inside("::1", 128, "::1"));
  EXPECT_FALSE(inside("::1", 128, "::"));
}

TEST(IpPrefix, OfLengthZeroContainsItsVersionOnly) {
  EXPECT_TRUE(inside("0.0.0.0", 0, "203.0.113.9"));
  EXPECT_FALSE(inside("0.0.0.0", 0, "::1"));
  EXPECT_FALSE(inside("::", 0, "203.0.113.9"));
}

TEST(IpPrefix, IgnoresItsHostBits) { EXPECT_TRUE(inside("10.0.0.77", 24, "10.0.0.1")); }

TEST(IpPrefix, ThatCannotBeContainsNothing) {
  EXPECT_FALSE(inside("10.0.0.0", 33, "10.0.0.0"));
  EXPECT_FALSE(inside("::", 129, "::"));
  EXPECT_FALSE(contains(IpPrefix{}, IpAddress{}));
}

TEST(Ip, EveryIpv6AddressIsPrintedAsInetNtopDoes) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    IpAddress address{.version = 6};
    for (std::size_t byte = 0; byte < 16; byte += 2) {
      const std::uint64_t kind = random() % 6;
      const std::uint64_t group = kind < 3    ? 0
                                  : kind == 3 ? random() % 16
                                  : kind == 4 ? 0xffff
                                              : random();
      address.bytes[byte] = static_cast<std::uint8_t>(group >> 8U);
      address.bytes[byte + 1] = static_cast<std::uint8_t>(group);
    }
    char text[INET6_ADDRSTRLEN];
    ASSERT_NE(inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text), nullptr);
    ASSERT_EQ(to_string(address), text);
  }
}

}  // namespace
}  // namespace wgt
