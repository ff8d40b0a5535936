// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/joined_path.h"

#include <gtest/gtest.h>

#include "tests/support/event_builder.h"

namespace wgt::join {
namespace {

using test::drop;
using test::rx;
using test::tx;

TEST(JoinedPath, TheInnerPacketIsTheSendersWordThenTheReceivers) {
  JoinedPath path;
  EXPECT_EQ(inner_of(path), nullptr);
  const event::Received received = rx().inner_udp("10.0.0.1", 1, "10.0.0.2", 53);
  path.rx = {.host = 1, .event = received};
  ASSERT_NE(inner_of(path), nullptr);
  EXPECT_EQ(inner_of(path)->dst_port, 53);
  event::Sent sent = tx().inner_udp("10.0.0.1", 1, "10.0.0.2", 54);
  path.tx = {.host = 0, .event = sent};
  EXPECT_EQ(inner_of(path)->dst_port, 54);
  path.tx->event.inner = {};
  EXPECT_EQ(inner_of(path)->dst_port, 53) << "a sender that knows nothing says nothing";
}

TEST(JoinedPath, HasTheKeyOfWhoeverKnowsIt) {
  JoinedPath path;
  EXPECT_EQ(key_of(path), std::nullopt);
  path.rx = {.host = 1, .event = rx().counter(5)};
  ASSERT_TRUE(key_of(path));
  EXPECT_EQ(key_of(path)->counter, 5U);
}

}  // namespace
}  // namespace wgt::join
