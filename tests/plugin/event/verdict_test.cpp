// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/verdict.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wgt::event {
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
  for (unsigned i = 0; i < kVerdicts; i++) {
    const VerdictId verdict = known_verdict(i);
    const std::string id = verdict_id(verdict);
    EXPECT_TRUE(ids.insert(id).second) << id;
    if (id.find('.') != std::string::npos) {
      EXPECT_TRUE(id.starts_with(side_prefix(verdict_side(verdict)))) << id;
    }
  }
}

TEST(Verdict, StageLiesOnItsSide) {
  for (unsigned i = 0; i < kVerdicts; i++) {
    const auto stage = verdict_stage(known_verdict(i));
    if (!stage) continue;
    const VerdictSide side = verdict_side(known_verdict(i));
    EXPECT_EQ(side == VerdictSide::kTx, *stage < Stage::kNetwork) << verdict_id(known_verdict(i));
    EXPECT_EQ(side == VerdictSide::kRx, *stage > Stage::kNetwork) << verdict_id(known_verdict(i));
  }
}

TEST(Verdict, ForeignNumberIsUnknown) {
  EXPECT_EQ(known_verdict(kVerdicts), VerdictId::UNKNOWN);
  EXPECT_EQ(known_verdict(255), VerdictId::UNKNOWN);
}

TEST(Verdict, OnlyTwoAreNoDrops) {
  unsigned successes = 0;
  for (unsigned i = 0; i < kVerdicts; i++) successes += is_success(known_verdict(i));
  EXPECT_EQ(successes, 2U);
  EXPECT_TRUE(is_pending(VerdictId::TX_WAITING));
  EXPECT_FALSE(is_pending(VerdictId::UNKNOWN) || is_pending(VerdictId::DELIVERED));
}

TEST(StageName, IsThatOfTheContract) {
  EXPECT_STREQ(stage_name(Stage::kUdpTunnelXmit), "udp_tunnel_xmit");
  EXPECT_STREQ(stage_name(Stage::kAllowedIps), "allowed_ips");
}

}  // namespace
}  // namespace wgt::event
