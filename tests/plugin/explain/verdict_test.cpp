// SPDX-License-Identifier: GPL-2.0-only
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "plugin/explain/reason_name.h"

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
  for (unsigned i = 0; i < event::kVerdicts; i++) {
    const VerdictId verdict = event::known_verdict(i);
    const std::string id = event::verdict_id(verdict);
    EXPECT_TRUE(ids.insert(id).second) << id;
    if (id.find('.') != std::string::npos) {
      EXPECT_TRUE(id.starts_with(side_prefix(event::verdict_side(verdict)))) << id;
    }
  }
}

TEST(Verdict, StageLiesOnItsSide) {
  for (unsigned i = 0; i < event::kVerdicts; i++) {
    const auto stage = event::verdict_stage(event::known_verdict(i));
    if (!stage) continue;
    const VerdictSide side = event::verdict_side(event::known_verdict(i));
    EXPECT_EQ(side == VerdictSide::kTx, *stage < Stage::kNetwork)
        << event::verdict_id(event::known_verdict(i));
    EXPECT_EQ(side == VerdictSide::kRx, *stage > Stage::kNetwork)
        << event::verdict_id(event::known_verdict(i));
  }
}

TEST(Verdict, ForeignNumberIsUnknown) {
  EXPECT_EQ(event::known_verdict(event::kVerdicts), VerdictId::UNKNOWN);
  EXPECT_EQ(event::known_verdict(255), VerdictId::UNKNOWN);
}

TEST(Verdict, OnlyTwoAreNoDrops) {
  unsigned successes = 0;
  for (unsigned i = 0; i < event::kVerdicts; i++)
    successes += event::is_success(event::known_verdict(i));
  EXPECT_EQ(successes, 2U);
}

TEST(ReasonName, IsTheKernelsForTheStackAndOursForWireGuard) {
  const std::map<std::uint32_t, std::string> kernel = {{1, "NETFILTER_DROP"}};
  EXPECT_EQ(reason_name(VerdictId::INNER_IN, 1, kernel), "NETFILTER_DROP");
  EXPECT_EQ(reason_name(VerdictId::OUTER_OUT, 2, kernel), "drop reason 2");
  EXPECT_EQ(reason_name(VerdictId::TX_STAGED_PURGED, static_cast<unsigned>(event::Cause::GAVE_UP),
                        kernel),
            "gave_up");
  EXPECT_EQ(reason_name(VerdictId::RX_UNKNOWN_INDEX, static_cast<unsigned>(event::Cause::REKEYED),
                        kernel),
            "rekeyed");
  EXPECT_EQ(reason_name(VerdictId::TX_STAGED_PURGED, 4711, kernel), "cause 4711");
  EXPECT_EQ(reason_name(VerdictId::INNER_IN, 0, kernel), std::nullopt);
}

TEST(StageName, IsThatOfTheContract) {
  EXPECT_STREQ(event::stage_name(Stage::kUdpTunnelXmit), "udp_tunnel_xmit");
  EXPECT_STREQ(event::stage_name(Stage::kAllowedIps), "allowed_ips");
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
