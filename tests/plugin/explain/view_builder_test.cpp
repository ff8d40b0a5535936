// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/view_builder.h"

#include <gtest/gtest.h>

#include "tests/support/view_builder.h"

namespace wgt::explain {
namespace {

using test::Scene;

std::vector<std::string> stages(const Side& side) {
  std::vector<std::string> names;
  for (const Hop& hop : side.hops) names.emplace_back(event::stage_name(hop.stage));
  return names;
}

TEST(BuildPathView, JoinsBothSides) {
  const PathView path = test::delivered().view();
  EXPECT_EQ(path.key, (event::PacketKey{.receiver_index = 181171874, .counter = 2}));
  ASSERT_TRUE(path.inner && path.outer && path.tx && path.rx && path.network);
  EXPECT_EQ(path.inner->dst_port, 443);
  EXPECT_EQ(path.outer->len, 156U);
  EXPECT_EQ(path.tx->host, "a");
  EXPECT_EQ(path.tx->interface, "wg0");
  EXPECT_EQ(path.tx->peer, test::kKeyB);
  EXPECT_EQ(path.rx->peer, test::kKeyA);
  EXPECT_EQ(path.network->ns, 420000);
  EXPECT_EQ(path.verdict.stage, Stage::kDelivered);
  EXPECT_EQ(path.verdict.side, VerdictSide::kRx);
}

TEST(BuildPathView, CountsHopsFromTheSidesFirst) {
  const PathView path = test::delivered().view();
  EXPECT_EQ(stages(*path.tx),
            (std::vector<std::string>{"wg_xmit", "encrypt", "udp_tunnel_xmit", "outer_out"}));
  EXPECT_EQ(path.tx->hops[0].ns, 0U);
  EXPECT_EQ(path.tx->hops[3].ns, 19500U);
  EXPECT_EQ(path.tx->t0_wall_ns, 1'795'262'591'482'913'007);
  EXPECT_EQ(stages(*path.rx), (std::vector<std::string>{"wg_receive", "decrypt", "replay",
                                                        "allowed_ips", "delivered"}));
  EXPECT_TRUE(path.tx->complete);
  EXPECT_TRUE(path.rx->complete);
}

TEST(BuildPathView, NamesTheTunnelThatCarriesIt) {
  const PathView path = test::delivered().carried_by_wg1(VerdictId::UNKNOWN).view();
  ASSERT_EQ(path.via.size(), 1U);
  EXPECT_EQ(path.via[0].interface, "wg1");
  EXPECT_EQ(path.via[0].peer, test::kKeyB);
  EXPECT_EQ(path.via[0].key, (event::PacketKey{.receiver_index = 99, .counter = 4}));
  EXPECT_EQ(path.verdict.id, VerdictId::DELIVERED);
  EXPECT_EQ(path.verdict.in_carrier, "");
}

TEST(BuildPathView, EndsWhereItsCarrierEnded) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kReceiverNotWatched).carried_by_wg1(VerdictId::TX_NO_ROUTE);
  const PathView path = scene.view();
  EXPECT_EQ(path.verdict.id, VerdictId::TX_NO_ROUTE);
  EXPECT_EQ(path.verdict.in_carrier, "wg1");
  EXPECT_EQ(path.verdict.message.find("In wg1, which carried it: "), 0U) << path.verdict.message;
  EXPECT_TRUE(path.tx->complete) << "it is the carrier that did not get on";
}

TEST(BuildPathView, MissingHopIsLeftOutAndTheSideIncomplete) {
  Scene scene = test::delivered();
  scene.tx().hop_ns[event::Sent::kUdpTunnelXmit] = 0;
  const PathView path = scene.view();
  EXPECT_EQ(stages(*path.tx), (std::vector<std::string>{"wg_xmit", "encrypt", "outer_out"}));
  EXPECT_FALSE(path.tx->complete);
  EXPECT_TRUE(path.rx->complete);
}

TEST(BuildPathView, StepsThatSomeKernelsDoNotShowAreNotMissed) {
  Scene scene = test::delivered();
  scene.rx().hop_ns[event::Received::kReplay] = 0;
  EXPECT_TRUE(scene.view().rx->complete);
}

TEST(BuildPathView, TimesOutOfOrderMakeTheSideIncomplete) {
  Scene scene = test::delivered();
  scene.rx().hop_ns[event::Received::kDelivered] = test::kReceived - 10;
  const PathView path = scene.view();
  EXPECT_FALSE(path.rx->complete);
  EXPECT_EQ(path.rx->hops.front().ns, 10U);  // no time is negative
  EXPECT_EQ(path.rx->hops.back().ns, 0U);
}

TEST(BuildPathView, SideIsCompleteUpToWhereThePacketDied) {
  EXPECT_TRUE(test::disallowed_source().view().rx->complete);
  Scene scene = test::delivered();
  scene.fail(VerdictId::TX_NO_PEER, event::Sent::kWgXmit);
  const PathView path = scene.view();
  EXPECT_TRUE(path.tx->complete);
  EXPECT_EQ(path.key, std::nullopt);
  EXPECT_EQ(path.outer, std::nullopt);
  EXPECT_EQ(path.rx, std::nullopt);
}

TEST(BuildPathView, KeepaliveStartsInsideWireGuard) {
  Scene scene = test::delivered();
  scene.tx().inner = scene.rx().inner = event::Tuple{};
  scene.tx().hop_ns[event::Sent::kWgXmit] = 0;
  scene.refuse(VerdictId::KEEPALIVE, event::Received::kReplay);
  const PathView path = scene.view();
  EXPECT_EQ(path.inner, std::nullopt);
  EXPECT_TRUE(path.tx->complete);
  EXPECT_TRUE(path.rx->complete);
}

TEST(BuildPathView, InnerOfTheReceiverCountsOnlyWhenDecrypted) {
  Scene scene = test::delivered();
  scene.path.tx.reset();
  EXPECT_TRUE(scene.view().inner);
  scene.refuse(VerdictId::RX_AUTH_FAILED, event::Received::kDecrypt);
  EXPECT_EQ(scene.view().inner, std::nullopt);
  EXPECT_EQ(scene.view().outer, std::nullopt);
  EXPECT_TRUE(scene.view().rx->outer);
}

// The filter takes it for what it is, so it must be shown as that.
TEST(BuildPathView, InnerOfAReceiverThatStillHasThePacketIsKnownOnceDecrypted) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kStillOpen);
  scene.path.rx = {.host = 1, .event = test::rx().inner_udp("10.0.0.1", 1, "10.0.0.2", 53)};
  scene.path.tx.reset();
  scene.rx().verdict = VerdictId::UNKNOWN;
  ASSERT_TRUE(scene.view().inner);
  EXPECT_EQ(*scene.view().inner, *join::inner_of(scene.path));
  scene.rx().verdict = scene.path.verdict = VerdictId::RX_AUTH_FAILED;
  EXPECT_FALSE(scene.view().inner);
  EXPECT_EQ(join::inner_of(scene.path), nullptr);
}

TEST(BuildPathView, UnknownDeviceIsItsNumberInAKnownNamespace) {
  Scene scene = test::delivered();
  scene.hosts[1].devices[0].netns = "b";
  scene.rx().device.ifindex = 99;
  const PathView path = scene.view();
  EXPECT_EQ(path.rx->interface, "ifindex 99");
  EXPECT_EQ(path.rx->netns, "b");
}

TEST(BuildPathView, DropBeforeWireGuardStandsForTheReceiver) {
  Scene scene = test::delivered();
  scene.stack_drop(VerdictId::OUTER_IN, 1, test::kNetfilterDrop, test::kNfHookSlow,
                   test::kReceived);
  const PathView path = scene.view();
  ASSERT_TRUE(path.rx);
  EXPECT_EQ(path.rx->host, "b");
  EXPECT_EQ(stages(*path.rx), std::vector<std::string>{"outer_in"});
  EXPECT_TRUE(path.rx->outer);
  EXPECT_EQ(path.rx->peer, std::nullopt);
  EXPECT_TRUE(path.rx->complete);
}

TEST(BuildPathView, DropAfterWireGuardAddsNoHop) {
  Scene scene = test::delivered();
  scene.stack_drop(VerdictId::INNER_IN, 1, test::kInAddrErrors, test::kIpError,
                   test::kReceived + 16000);
  const PathView path = scene.view();
  EXPECT_EQ(path.rx->hops.size(), 5U);
  EXPECT_TRUE(path.rx->complete);
  EXPECT_EQ(path.verdict.stage, Stage::kDelivered);
}

TEST(BuildPathView, DropBeforeTheTunnelHasATimeButNoHop) {
  Scene scene = test::delivered();
  const event::Tuple inner = scene.tx().inner;
  scene.path.rx.reset();
  scene.stack_drop(VerdictId::INNER_OUT, 0, test::kNetfilterDrop, test::kNfHookSlow, test::kSent);
  scene.path.tx.reset();
  scene.path.network.reset();
  scene.drop().inner = inner;
  const PathView path = scene.view();
  ASSERT_TRUE(path.tx);
  EXPECT_TRUE(path.tx->hops.empty());
  EXPECT_NE(path.tx->t0_wall_ns, 0);
  EXPECT_TRUE(path.inner);
  EXPECT_EQ(path.verdict.stage, std::nullopt);
}

TEST(BuildPathView, DropOnTheWayOutIsTheLastHop) {
  Scene scene = test::delivered();
  scene.stack_drop(VerdictId::OUTER_OUT, 0, test::kNetfilterDrop, test::kNfHookSlow,
                   test::kSent + 18000);
  scene.tx().hop_ns[event::Sent::kOuterOut] = 0;
  const PathView path = scene.view();
  EXPECT_EQ(path.tx->hops.back().stage, Stage::kOuterOut);
  EXPECT_EQ(path.tx->hops.back().ns, 18000U);
  EXPECT_TRUE(path.outer);
}

TEST(BuildPathView, KnowsThePlaceInASuperPacket) {
  Scene scene = test::delivered();
  scene.tx().gso_segment = 2;
  scene.tx().gso_segments = 5;
  const PathView path = scene.view();
  EXPECT_EQ(path.tx->gso_segment, 2);
  EXPECT_EQ(path.tx->gso_segments, 5);
  EXPECT_EQ(path.rx->gso_segments, 0);
}

TEST(BuildPathView, NeedsNoDeviceLookup) {
  const Scene scene = test::disallowed_source();
  const PathView path = build_path_view(scene.path, scene.hosts, {});
  EXPECT_FALSE(path.verdict.message.empty());
}

}  // namespace
}  // namespace wgt::explain
