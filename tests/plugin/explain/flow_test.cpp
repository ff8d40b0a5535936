// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/flow.h"

#include <gtest/gtest.h>

#include "plugin/event/from_abi.h"
#include "tests/support/record_builder.h"

namespace wgt::explain {
namespace {

using test::tx;

TEST(FromAbi, TurnsPortsIntoHostOrder) {
  const auto flow =
      event::from_abi(tx().inner_tcp("10.0.0.1", 43922, "10.0.0.2", 443).build().inner);
  ASSERT_TRUE(flow.is_known());
  EXPECT_EQ(flow.src_port, 43922);
  EXPECT_EQ(flow.dst_port, 443);
  EXPECT_EQ(flow.len, 84U);
  EXPECT_EQ(source_text(flow), "10.0.0.1:43922");
  EXPECT_EQ(destination_text(flow), "10.0.0.2:443");
  EXPECT_EQ(proto_name(flow.proto), "tcp");
}

TEST(FromAbi, KeepsIpv6Apart) {
  const auto flow = event::from_abi(tx().inner_udp("fd00::1", 1, "fd00::2", 53).build().inner);
  ASSERT_TRUE(flow.is_known());
  EXPECT_EQ(flow.src.version, 6);
  EXPECT_EQ(destination_text(flow), "[fd00::2]:53");
}

TEST(FromAbi, FindsIcmpInThePorts) {
  const auto flow = event::from_abi(tx().inner_ping("10.9.0.1", "10.9.0.2", 4711, 3).build().inner);
  ASSERT_TRUE(flow.is_known());
  EXPECT_TRUE(is_icmp_echo(flow));
  EXPECT_FALSE(has_ports(flow));
  EXPECT_EQ(flow.icmp_type, 8);
  EXPECT_EQ(flow.icmp_id, 4711);
  EXPECT_EQ(flow.icmp_seq, 3);
  EXPECT_EQ(flow.src_port, 0);
  EXPECT_EQ(source_text(flow), "10.9.0.1");
}

TEST(FromAbi, ReadsIdAndSequenceOfEchoesOnly) {
  wgt_record record = tx().inner_ping("fd00::1", "fd00::2", 4711, 3);
  const std::uint8_t too_big[2] = {2, 1};
  std::memcpy(&record.inner.src_port, too_big, sizeof too_big);
  const auto flow = event::from_abi(record.inner);
  ASSERT_TRUE(flow.is_known());
  EXPECT_EQ(proto_name(flow.proto), "icmpv6");
  EXPECT_EQ(flow.icmp_type, 2);
  EXPECT_EQ(flow.icmp_code, 1);
  EXPECT_FALSE(is_icmp_echo(flow));
  EXPECT_EQ(flow.icmp_id, 0);
  EXPECT_EQ(flow.icmp_seq, 0);
}

TEST(FromAbi, KnowsWhatIsNotKnown) { EXPECT_FALSE(event::if_known(event::from_abi(wgt_tuple{}))); }

TEST(ProtoName, IsTheNumberWhereThereIsNoName) { EXPECT_EQ(proto_name(47), "47"); }

}  // namespace
}  // namespace wgt::explain
