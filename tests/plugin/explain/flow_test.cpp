// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/flow.h"

#include <gtest/gtest.h>

#include "tests/support/event_builder.h"

namespace wgt::explain {
namespace {

using test::tx;

TEST(FlowText, HasPortsWhereTheProtocolHas) {
  const event::Tuple tcp = test::tuple_of(6, "10.0.0.1", 43922, "10.0.0.2", 443);
  EXPECT_EQ(source_text(tcp), "10.0.0.1:43922");
  EXPECT_EQ(destination_text(tcp), "10.0.0.2:443");
  EXPECT_EQ(proto_name(tcp.proto), "tcp");
  const event::Tuple udp6 = test::tuple_of(17, "fd00::1", 1, "fd00::2", 53);
  EXPECT_EQ(destination_text(udp6), "[fd00::2]:53");
  const event::Tuple ping = tx().inner_ping("10.9.0.1", "10.9.0.2", 4711, 3).build().inner;
  EXPECT_FALSE(has_ports(ping));
  EXPECT_EQ(source_text(ping), "10.9.0.1");
}

TEST(ProtoName, IsTheNumberWhereThereIsNoName) { EXPECT_EQ(proto_name(47), "47"); }

}  // namespace
}  // namespace wgt::explain
