// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/carriers.h"

#include "tests/plugin/join/carried.h"

namespace wgt::join::test {
namespace {

TEST(Carriers, ForgetsTheOldest) {
  Carriers<int> carriers(2);
  JoinedPath packet;
  packet.tx = {0, carried()};
  for (const std::uint32_t number : {5U, 6U, 7U}) {
    JoinedPath path;
    path.tx = {0, carrier(kStart + 2500, number)};
    carriers.remember({0, number}, path);
    carriers.note_sent({0, number}, 1);
  }
  EXPECT_FALSE(carriers.of({0, 5}, packet));
  packet.tx = {0, carried(7)};
  EXPECT_TRUE(carriers.of({0, 7}, packet));
  EXPECT_FALSE(carriers.sent({0, 5}));
  EXPECT_EQ(carriers.sent({0, 6}), 1);
}

TEST(CarriedBy, OnlyWhatIsOnItsWayOut) {
  const EventBuilder<Sent> out = carrier();
  EXPECT_EQ(carried_by(3, event::Event(out)), (CarriedMessage{3, 5}));
  EventBuilder<Received> in = rx().device(kCarrier);
  in->inner = out.build().inner;
  EXPECT_FALSE(carried_by(3, event::Event(in)));
  EXPECT_FALSE(carried_by(3, event::Event(carried())));
}

}  // namespace
}  // namespace wgt::join::test
