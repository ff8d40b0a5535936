// SPDX-License-Identifier: GPL-2.0-only
#include <gtest/gtest.h>

#include "tests/plugin/health/facts_builder.h"

namespace wgt::health {
namespace {

using test::ago;
using test::Facts;
using test::key;

Status status(const Facts& facts) { return facts.report().peers.at(0).status; }

Facts with_handshake() {
  Facts facts;
  facts.peer().section.peer.last_handshake_unix_s = 1'999'000;
  facts.saw(Hs::COMPLETED, 1000 - 1);
  return facts;
}

TEST(StatusOf, NeverBeforeTheFirstHandshake) {
  EXPECT_EQ(status(Facts()), Status::kNever);
  Facts missing;
  missing.peer().handshake.reset();
  EXPECT_EQ(status(missing), Status::kNever);
}

TEST(StatusOf, IdleHoweverOldTheHandshake) {
  Facts facts = with_handshake();
  EXPECT_EQ(status(facts), Status::kIdle);
  facts.peer().now.reset();
  EXPECT_EQ(status(facts), Status::kIdle);
}

TEST(StatusOf, ActiveWhileAKernelTimerWaitsForTraffic) {
  Facts facts = with_handshake();
  facts.peer().now->owes_keepalive = true;
  EXPECT_EQ(status(facts), Status::kActive);
  facts.peer().now->owes_keepalive = false;
  facts.peer().now->new_handshake_in_ns = 10 * test::kSecond;
  EXPECT_EQ(status(facts), Status::kActive);
}

TEST(StatusOf, OnewayWhenTheAnswerIsOverdue) {
  Facts facts = with_handshake();
  facts.peer().now->new_handshake_in_ns = -1;
  EXPECT_EQ(status(facts), Status::kOneway);
}

TEST(StatusOf, WaitingThenDeadByTries) {
  Facts facts = with_handshake();
  facts.tries(2, 6);
  EXPECT_EQ(status(facts), Status::kWaiting);
  facts.tries(3, 11);
  EXPECT_EQ(status(facts), Status::kDead);
  EXPECT_EQ(facts.report().peers[0].since_wall_ns, facts.clock.wall(ago(11)));
}

TEST(StatusOf, DeadWhenWireGuardGaveUp) {
  Facts facts = with_handshake();
  facts.tries(2, 6).saw(Hs::GAVE_UP, 1);
  EXPECT_EQ(status(facts), Status::kDead);
}

TEST(StatusOf, DeadWhenAResponderIsNeverConfirmed) {
  Facts facts;
  facts.saw(Hs::RESPONSE_SENT, 1, 3);
  facts.hs().unconfirmed = 1;
  EXPECT_EQ(status(facts), Status::kWaiting);
  facts.hs().unconfirmed = 3;
  EXPECT_EQ(status(facts), Status::kDead);
}

TEST(StatusOf, DegradedIsUpWithAWarning) {
  Facts facts = with_handshake();
  facts.drop(event::VerdictId::RX_AUTH_FAILED, "", 1, {}, 3);
  EXPECT_EQ(status(facts), Status::kDegraded);
  Facts info = with_handshake();
  info.saw(Hs::FLOOD, 1);
  EXPECT_EQ(status(info), Status::kIdle);
}

TEST(Report, WorstPeerFirst) {
  Facts facts = with_handshake();
  PeerFacts dead = facts.peers[0];
  dead.section.peer.public_key = key(2);
  facts.peers.push_back(dead);
  std::swap(facts.peers[0], facts.peers[1]);
  facts.tries(3, 11);
  std::swap(facts.peers[0], facts.peers[1]);
  const InterfaceReport report = facts.report();
  EXPECT_EQ(report.peers[0].peer.public_key, key(2));
  EXPECT_EQ(worst(report), Severity::kError);
}

TEST(Report, CommandsReachTheInterfacesNamespace) {
  Facts facts;
  facts.view.own_netns = false;
  facts.view.netns = "red one";
  facts.tries(1, 2).saw(Hs::PSK_MISMATCH, 1);
  const auto command = facts.report().peers[0].findings.at(0).command;
  ASSERT_TRUE(command);
  EXPECT_EQ(command->find("ip netns exec 'red one' wg set wg0 peer "), 0U) << *command;
  facts.view.netns.reset();
  EXPECT_FALSE(facts.report().peers[0].findings.at(0).command) << "nobody can run it from here";
}

TEST(Report, CommandsAboutEncryptedPacketsReachTheSocketsNamespace) {
  Facts facts;
  facts.view.own_netns = false;
  facts.view.netns = "c";
  facts.socket = Place{.here = false, .netns = "a"};
  facts.drop(event::VerdictId::OUTER_OUT, "NETFILTER_DROP", 1);
  EXPECT_EQ(facts.report().peers[0].findings.at(0).command, "ip netns exec a nft list ruleset");
  facts.socket = Place{.here = true};
  EXPECT_EQ(facts.report().peers[0].findings.at(0).command, "nft list ruleset");
  facts.socket = Place{.here = false, .initial = true};
  EXPECT_EQ(facts.report().peers[0].findings.at(0).command,
            "nsenter --net=/proc/1/ns/net nft list ruleset");
  // The interface itself is where it is.
  Facts down;
  down.view.own_netns = false;
  down.view.netns = "c";
  down.socket = Place{.here = false, .netns = "a"};
  down.view.up = false;
  EXPECT_EQ(down.report().findings.at(0).command, "ip netns exec c ip link set wg0 up");
}

TEST(Unanswered, CountsFromTheTimer) {
  event::PeerNow now;
  EXPECT_FALSE(unanswered_ms(now));
  now.new_handshake_in_ns = 5 * test::kSecond;
  EXPECT_EQ(unanswered_ms(now), 10'000);
  now.new_handshake_in_ns = 16 * test::kSecond;  // with the timer's jitter
  EXPECT_EQ(unanswered_ms(now), 0);
}

}  // namespace
}  // namespace wgt::health
