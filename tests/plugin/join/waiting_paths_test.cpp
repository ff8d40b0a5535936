// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/waiting_paths.h"

#include "tests/plugin/join/recorded_hosts.h"
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join::test {
namespace {

event::Event waits(std::uint64_t at = kStart) {
  EventBuilder<Sent> waiting = tx_ab(0, at).without_key();
  waiting.hops({at});
  return waiting.verdict(event::VerdictId::TX_WAITING);
}

JoinedPath path_of(const event::Event& event) {
  JoinedPath path;
  path.tx = {0, std::get<Sent>(event)};
  path.verdict = path.tx->event.verdict;
  path.shown = true;
  return path;
}

TEST(WaitingPaths, WhatBecameOfOneAmendsItOnce) {
  WaitingPaths waiting(2);
  waiting.remember(path_of(waits()));
  EXPECT_FALSE(waiting.take(path_of(tx_ab(0, kStart + 1))));
  const auto before = waiting.take(path_of(tx_ab(0)));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->verdict, event::VerdictId::TX_WAITING);
  EXPECT_TRUE(before->shown);
  EXPECT_FALSE(waiting.take(path_of(tx_ab(0))));
}

TEST(WaitingPaths, RemembersNothingElseAndForgetsTheOldest) {
  WaitingPaths waiting(2);
  waiting.remember(path_of(tx_ab(0, kStart + 9)));
  for (const int later : {0, 1, 2})
    waiting.remember(path_of(waits(kStart + static_cast<std::uint64_t>(later))));
  EXPECT_FALSE(waiting.take(path_of(tx_ab(0, kStart + 9))));
  EXPECT_FALSE(waiting.take(path_of(tx_ab(0, kStart))));
  EXPECT_TRUE(waiting.take(path_of(tx_ab(0, kStart + 1))));
  EXPECT_TRUE(waiting.take(path_of(tx_ab(0, kStart + 2))));
}

TEST(WaitingPaths, TellsThePacketsOfASuperPacketApart) {
  WaitingPaths waiting(2);
  const event::Event second =
      tx_ab(0).without_key().gso(1, 2).verdict(event::VerdictId::TX_WAITING);
  waiting.remember(path_of(second));
  EXPECT_FALSE(waiting.take(path_of(tx_ab(0).gso(0, 2))));
  EXPECT_TRUE(waiting.take(path_of(tx_ab(1).gso(1, 2))));
}

TEST_F(TwoHosts, APacketThatWaitedIsToldAgainWhenItIsDelivered) {
  join.add(a, waits());
  pass_hold();
  EXPECT_EQ(only().verdict, event::VerdictId::TX_WAITING);
  EXPECT_EQ(only().basis, Basis::kObserved);
  join.add(a, tx_ab(0));
  join.add(b, rx_ab(0));
  pass_hold();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::DELIVERED);
  ASSERT_TRUE(paths[1].amends);
  EXPECT_EQ(paths[1].amends->verdict, event::VerdictId::TX_WAITING);
  EXPECT_EQ(join.stats().paths, 1U);
  EXPECT_EQ(join.stats().amended, 1U);
}

TEST_F(RecordedHosts, OfAPacketThatWaitedItsEndIsTold) {
  write_alpha({waits(), waits(kStart + kSecond), tx_ab(0)});
  write_beta({rx_ab(0)});
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::TX_WAITING);
}

TEST_F(RecordedHosts, AnEndThatComesLongAfterItsWaitOrBeforeItIsTheOnlyPath) {
  EventBuilder<Sent> late = tx_ab(0);
  late.hops({kStart, kStart + 50 * kSecond, kStart + 50 * kSecond + 1, kStart + 50 * kSecond + 2});
  EventBuilder<Sent> purged = tx_ab(1).without_key();
  purged.hops({kStart + kMs});
  write_alpha(
      {waits(), purged.verdict(event::VerdictId::TX_STAGED_PURGED), waits(kStart + kMs), late});
  write_beta({rx_ab(0, kStart + 50 * kSecond)});
  run();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].verdict, event::VerdictId::DELIVERED);
  EXPECT_EQ(paths[1].verdict, event::VerdictId::TX_STAGED_PURGED);
  EXPECT_FALSE(paths[0].amends || paths[1].amends);
}

TEST(HeldWaits, OfTooManyTheOldestAreReleased) {
  HeldWaits held(2);
  for (const int later : {2, 0, 1})
    EXPECT_TRUE(held.take({0, waits(kStart + static_cast<std::uint64_t>(later))}));
  const std::vector<Observed> surplus = held.release_surplus();
  ASSERT_EQ(surplus.size(), 1U);
  EXPECT_EQ(event::first_hop_ns(surplus[0].event), kStart);
  EXPECT_FALSE(held.take({0, tx_ab(0, kStart + 1)}));
  EXPECT_EQ(held.release_all().size(), 1U);
}

}  // namespace
}  // namespace wgt::join::test
