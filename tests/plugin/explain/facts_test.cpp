// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/facts.h"

#include <gtest/gtest.h>

#include "tests/support/view_builder.h"

namespace wgt::explain {
namespace {

using test::prefix;

TEST(GatherFacts, SpeaksOfTheSideThatTheVerdictIsAbout) {
  const test::Scene scene = test::delivered();
  const PathView path = scene.view();
  EXPECT_EQ(gather_facts(path, VerdictId::TX_NO_ROUTE, nullptr).at("label"), "a");
  EXPECT_EQ(gather_facts(path, VerdictId::RX_REPLAY, nullptr).at("label"), "b");
  EXPECT_EQ(gather_facts(path, VerdictId::NETWORK_LOST, nullptr).at("label"), "a");
  EXPECT_EQ(gather_facts(path, VerdictId::UNKNOWN, nullptr).at("tx"), "a");
}

TEST(GatherFacts, TellsTheReceiversViewOfTheOuterPacketThere) {
  test::Scene scene = test::delivered();
  scene.rx().outer = test::rx().outer_udp("203.0.113.9", 40001, "10.1.1.1", 51821).build().outer;
  const PathView path = scene.view();
  EXPECT_EQ(gather_facts(path, VerdictId::RX_REPLAY, nullptr).at("to"), "10.1.1.1:51821");
  EXPECT_EQ(gather_facts(path, VerdictId::OUTER_OUT, nullptr).at("to"), "198.51.100.1:51821");
}

TEST(GatherFacts, NamesAFewPrefixesAndListsAll) {
  test::Scene scene = test::delivered();
  scene.device_b.peers[0].allowed_ips = {prefix("10.1.0.0", 16), prefix("10.2.0.0", 16),
                                         prefix("10.3.0.0", 16), prefix("10.4.0.0", 16),
                                         prefix("fd00::", 64)};
  const Facts facts = gather_facts(scene.view(), VerdictId::RX_DISALLOWED_SOURCE, &scene.device_b);
  EXPECT_EQ(facts.at("allowed"), "10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16 and 2 more");
  EXPECT_EQ(facts.at("allowed_with_src"),
            "10.1.0.0/16,10.2.0.0/16,10.3.0.0/16,10.4.0.0/16,fd00::/64,10.0.0.1/32");
}

TEST(GatherFacts, FindsTheOwnerByTheLongestPrefix) {
  test::Scene scene = test::delivered();
  scene.device_b.peers = {
      {.public_key = test::kKeyA, .endpoint = {}, .allowed_ips = {prefix("10.0.0.0", 8)}},
      {.public_key = test::kKeyB, .endpoint = {}, .allowed_ips = {prefix("10.0.0.0", 24)}}};
  const Facts facts = gather_facts(scene.view(), VerdictId::RX_DISALLOWED_SOURCE, &scene.device_b);
  EXPECT_EQ(facts.at("src_owner"), wg::short_form(test::kKeyB));
  EXPECT_EQ(facts.at("src_owner_net"), "10.0.0.0/24");
  EXPECT_FALSE(facts.contains("src_taken_from"));
  EXPECT_FALSE(facts.contains("src_allowed_now"));
}

TEST(GatherFacts, HasNoDeviceNameForACommandWhereNoneIsKnown) {
  test::Scene scene = test::delivered();
  scene.hosts[1].devices.clear();
  const Facts facts = gather_facts(scene.view(), VerdictId::RX_REPLAY, nullptr);
  EXPECT_EQ(facts.at("iface"), "ifindex 7");
  EXPECT_FALSE(facts.contains("dev"));
}

TEST(GatherFacts, SeesSourcesThatAreNeverForwarded) {
  for (const char* address : {"fe80::1", "ff02::1", "::1", "::"}) {
    test::Scene scene = test::delivered();
    test::set_inner(scene, test::tx().inner_udp(address, 1, "fd00::2", 2));
    EXPECT_TRUE(
        gather_facts(scene.view(), VerdictId::INNER_IN, nullptr).contains("src_never_forwarded"))
        << address;
  }
  EXPECT_FALSE(gather_facts(test::delivered().view(), VerdictId::INNER_IN, nullptr)
                   .contains("src_never_forwarded"));
}

}  // namespace
}  // namespace wgt::explain
