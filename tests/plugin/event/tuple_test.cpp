// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/tuple.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace wgt::event {
namespace {

Tuple icmp(std::uint8_t proto, std::uint8_t type) {
  Tuple tuple;
  tuple.proto = proto;
  tuple.icmp_type = type;
  return tuple;
}

TEST(Tuple, EchoesAreTheOnlyOnesWithIdAndSequence) {
  EXPECT_TRUE(is_icmp_echo(icmp(IPPROTO_ICMP, 8)));
  EXPECT_TRUE(is_icmp_echo(icmp(IPPROTO_ICMP, 0)));
  EXPECT_TRUE(is_icmp_echo(icmp(IPPROTO_ICMPV6, 128)));
  EXPECT_TRUE(is_icmp_echo(icmp(IPPROTO_ICMPV6, 129)));
  EXPECT_FALSE(is_icmp_echo(icmp(IPPROTO_ICMP, 3)));
  EXPECT_FALSE(is_icmp_echo(icmp(IPPROTO_ICMPV6, 8))) << "types of one version mean others there";
  EXPECT_FALSE(is_icmp_echo(icmp(IPPROTO_UDP, 8)));
  EXPECT_TRUE(is_icmp(icmp(IPPROTO_ICMP, 3)));
  EXPECT_FALSE(is_icmp(icmp(IPPROTO_TCP, 0)));
}

TEST(Tuple, WithoutAnAddressNothingIsKnown) {
  Tuple tuple;
  EXPECT_EQ(if_known(tuple), std::nullopt);
  tuple.src.version = 4;
  EXPECT_EQ(if_known(tuple), tuple);
}

}  // namespace
}  // namespace wgt::event
