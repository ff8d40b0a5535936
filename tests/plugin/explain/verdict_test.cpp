// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/verdict.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wgt::explain {
namespace {

std::string side_prefix(VerdictSide side) {
  switch (side) {
    case VerdictSide::kTx:
      return "tx.";
    case VerdictSide::kRx:
      return "rx.";
    case VerdictSide::kNetwork:
      return "network.";
    case VerdictSide::kNone:
      break;
  }
  return "";
}

TEST(Verdict, IdsAreUniqueAndNameTheirSide) {
  std::set<std::string> ids;
  for (unsigned i = 0; i < WGT_VERDICT_COUNT; i++) {
    const wgt_verdict verdict = known_verdict(i);
    const std::string id = verdict_id(verdict);
    EXPECT_TRUE(ids.insert(id).second) << id;
    if (id.find('.') != std::string::npos) {
      EXPECT_TRUE(id.starts_with(side_prefix(verdict_side(verdict)))) << id;
    }
  }
}

TEST(Verdict, StageLiesOnItsSide) {
  for (unsigned i = 0; i < WGT_VERDICT_COUNT; i++) {
    const auto stage = verdict_stage(known_verdict(i));
    if (!stage) continue;
    const VerdictSide side = verdict_side(known_verdict(i));
    EXPECT_EQ(side == VerdictSide::kTx, *stage < Stage::kNetwork) << verdict_id(known_verdict(i));
    EXPECT_EQ(side == VerdictSide::kRx, *stage > Stage::kNetwork) << verdict_id(known_verdict(i));
  }
}

TEST(Verdict, ForeignNumberIsUnknown) {
  EXPECT_EQ(known_verdict(WGT_VERDICT_COUNT), WGT_V_UNKNOWN);
  EXPECT_EQ(known_verdict(255), WGT_V_UNKNOWN);
  EXPECT_STREQ(verdict_id(WGT_VERDICT_COUNT), "unknown");
}

TEST(Verdict, OnlyTwoAreNoDrops) {
  unsigned successes = 0;
  for (unsigned i = 0; i < WGT_VERDICT_COUNT; i++) successes += is_success(known_verdict(i));
  EXPECT_EQ(successes, 2U);
}

TEST(ReasonName, IsTheKernelsForTheStackAndOursForWireGuard) {
  const std::map<std::uint32_t, std::string> kernel = {{1, "NETFILTER_DROP"}};
  EXPECT_EQ(reason_name(WGT_V_INNER_IN, 1, kernel), "NETFILTER_DROP");
  EXPECT_EQ(reason_name(WGT_V_OUTER_OUT, 2, kernel), "drop reason 2");
  EXPECT_EQ(reason_name(WGT_V_TX_STAGED_PURGED, WGT_CAUSE_GAVE_UP, kernel), "gave_up");
  EXPECT_EQ(reason_name(WGT_V_RX_UNKNOWN_INDEX, WGT_CAUSE_REKEYED, kernel), "rekeyed");
  EXPECT_EQ(reason_name(WGT_V_TX_STAGED_PURGED, 4711, kernel), "cause 4711");
  EXPECT_EQ(reason_name(WGT_V_INNER_IN, 0, kernel), std::nullopt);
}

TEST(StageName, IsThatOfTheContract) {
  EXPECT_STREQ(stage_name(Stage::kUdpTunnelXmit), "udp_tunnel_xmit");
  EXPECT_STREQ(stage_name(Stage::kAllowedIps), "allowed_ips");
}

TEST(SideLabel, NamesTheNamespaceWhereItTellsSomething) {
  Side side;
  side.host = "vm";
  EXPECT_EQ(side_label(side), "vm");
  side.netns = "b";
  EXPECT_EQ(side_label(side), "vm/b");
  side.host = "b";
  EXPECT_EQ(side_label(side), "b");
}

}  // namespace
}  // namespace wgt::explain
