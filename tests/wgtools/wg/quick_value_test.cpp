// SPDX-License-Identifier: GPL-2.0-only
// Values themselves; what is refused of them quick_refusals_test.cpp holds against `wg`.
#include "wgtools/wg/quick_value.h"

#include <gtest/gtest.h>

namespace wgt::wg {
namespace {

TEST(QuickValue, Ports) {
  EXPECT_EQ(parse_port("51820")->number, 51820);
  EXPECT_EQ(parse_port("+1")->number, 1);
  EXPECT_EQ(parse_port("70000")->number, 70000 - 65536) << "as getaddrinfo() cuts it";
  EXPECT_FALSE(parse_port("domain")->number) << "a service";
  EXPECT_FALSE(parse_port("99999999999999999999999"));
}

TEST(QuickValue, Marks) {
  EXPECT_EQ(parse_fwmark("0xfF"), 255U);
  EXPECT_EQ(parse_fwmark("Off"), 0U);
  EXPECT_EQ(parse_fwmark("4294967295"), 4294967295U);
}

TEST(QuickValue, Endpoints) {
  EXPECT_EQ(parse_endpoint("[fe80::b%xa]:5")->host, "fe80::b%xa");
  EXPECT_EQ(parse_endpoint("2001:db8::1:5")->host, "2001:db8::1");
  EXPECT_EQ(parse_endpoint("a.example:5")->port.number, 5);
}

TEST(QuickValue, PrefixesHaveNoHostBits) {
  EXPECT_EQ(to_string(*parse_prefix("10.1.2.3/9")), "10.0.0.0/9");
  EXPECT_EQ(to_string(*parse_prefix("fd00::1")), "fd00::1/128");
}

TEST(QuickValue, WordsInAnyCase) {
  EXPECT_TRUE(same_word("ListenPort", "listenPORT"));
  EXPECT_FALSE(same_word("ListenPort", "ListenPor"));
  EXPECT_FALSE(same_word("[", "{")) << "letters only";
}

}  // namespace
}  // namespace wgt::wg
