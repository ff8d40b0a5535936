// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/groups.h"

#include <random>

#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

std::int64_t as_it_is(HostId, std::int64_t ns) { return ns; }

TEST(OrderQueue, GivesBackInOrderWhateverCameLate) {
  std::mt19937 random(1);
  OrderQueue queue;
  std::vector<std::int64_t> in;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    in.push_back(static_cast<std::int64_t>(i * 10 + random() % (i % 7 == 0 ? 5000 : 30)));
    queue.push({in.back(), i, 0});
  }
  std::ranges::sort(in);
  for (const std::int64_t ns : in) {
    ASSERT_EQ(queue.front().ns, ns);
    queue.pop();
  }
  EXPECT_TRUE(queue.empty());
}

TEST(GroupsTest, AreFoundByNumberAndFirstByTime) {
  Groups groups;
  const GroupId late = groups.make(event::PacketKey{7, 1});
  groups.add(late, {0, tx_ab(1, kStart + 5)});
  const GroupId early = groups.make(event::PacketKey{7, 0});
  groups.add(early, {0, tx_ab(0, kStart)});
  EXPECT_EQ(groups.find({7, 1}), late);
  EXPECT_EQ(groups.first(as_it_is), early);
  groups.free(early);
  EXPECT_EQ(groups.first(as_it_is), late);
  EXPECT_EQ(groups.find({7, 0}), kNoGroup);
}

TEST(GroupsTest, TheSendersEventPutsItInItsPlace) {
  Groups groups;
  const GroupId id = groups.make(event::PacketKey{7, 0});
  groups.add(id, {1, rx_ab(0, kStart + 9)});
  const GroupId other = groups.make(event::PacketKey{7, 1});
  groups.add(other, {0, tx_ab(1, kStart + 5)});
  groups.add(id, {0, tx_ab(0, kStart)});
  EXPECT_EQ(groups.first(as_it_is), id);
}

TEST(GroupsTest, APublishedOneIsFoundAgainWhenTheNewerOfItsNumberIsGone) {
  Groups groups;
  const GroupId old = groups.make(event::PacketKey{7, 0});
  groups.published(old, Group::State::kTold);
  EXPECT_EQ(groups.pending(), 0U);
  const GroupId young = groups.make(event::PacketKey{7, 0});
  EXPECT_EQ(groups.find({7, 0}), young);
  EXPECT_EQ(groups[young].older, old);
  groups.free(young);
  EXPECT_EQ(groups.find({7, 0}), old);
  const GroupId third = groups.make(event::PacketKey{7, 0});
  groups.free(old);
  EXPECT_EQ(groups[third].older, kNoGroup);
}

TEST(GroupsTest, AReferenceNoticesThatItsGroupIsGone) {
  Groups groups;
  const GroupId id = groups.make(std::nullopt);
  const Groups::Ref ref = groups.ref(id);
  groups.free(id);
  EXPECT_FALSE(groups.is_valid(ref));
  EXPECT_EQ(groups.make(std::nullopt), id);
  EXPECT_FALSE(groups.is_valid(ref));
}

}  // namespace
}  // namespace wgt::join
