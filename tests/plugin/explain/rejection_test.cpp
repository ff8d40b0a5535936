// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/rejection.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "plugin/explain/reason_name.h"
#include "tests/support/view_builder.h"

namespace wgt::explain {
namespace {

using test::Scene;

using event::IcmpError;

constexpr IcmpError kPortUnreachable{.version = 4, .type = 3, .code = 3};
constexpr IcmpError kFragmentationNeeded{.version = 4, .type = 3, .code = 4};

// An ICMP error of a router's about the packet of the scene.
Scene rejected(const IcmpError& what, const char* router = "192.0.2.254", std::uint16_t mtu = 0) {
  Scene scene = test::delivered();
  auto rejection = test::rejection().device(test::kDeviceA).at(test::kSent + 900'000);
  rejection->outer = scene.tx().outer;
  rejection->what = what;
  rejection->error = test::tuple_of(IPPROTO_ICMP, router, 0, "192.0.2.1", 0);
  rejection->mtu = mtu;
  return scene.ended_by(0, rejection);
}

TEST(RejectionName, TellsIcmpFromIcmpv6) {
  EXPECT_EQ(rejection_name(kPortUnreachable), "port_unreachable");
  EXPECT_EQ(rejection_name(IcmpError{4, 3, 13}), "admin_prohibited");
  EXPECT_EQ(rejection_name(IcmpError{6, 1, 1}), "admin_prohibited");
  EXPECT_EQ(rejection_name(IcmpError{6, 1, 4}), "port_unreachable");
  EXPECT_EQ(rejection_name(IcmpError{4, 12, 1}), "icmp type 12 code 1");
  EXPECT_EQ(rejection_name(IcmpError{6, 3, 9}), "icmpv6 type 3 code 9");
  EXPECT_EQ(reason_name(VerdictId::NETWORK_REJECTED, 4U << 16 | 3U << 8 | 3U, {}),
            "port_unreachable");
  EXPECT_EQ(reason_name(VerdictId::NETWORK_REJECTED, 1U << 24 | 4U << 16 | 3U << 8 | 4U, {}),
            "fragmentation_needed_filtered");
}

TEST(Rejected, NamesTheRouter) {
  const PathView path = rejected(kPortUnreachable).view();
  EXPECT_EQ(path.verdict.id, VerdictId::NETWORK_REJECTED);
  EXPECT_EQ(path.verdict.reason, "port_unreachable from 192.0.2.254");
  EXPECT_EQ(path.verdict.certainty, Certainty::kExact);
  EXPECT_EQ(path.verdict.message,
            "192.0.2.254 answered that UDP port 51821 of 198.51.100.1 is closed");
}

TEST(Rejected, SaysTheMtuThatTheRouterAsksFor) {
  EXPECT_NE(rejected(kFragmentationNeeded, "192.0.2.254", 1280)
                .view()
                .verdict.message.find("takes 1280 bytes"),
            std::string::npos);
  // Old routers do not say (RFC 1191).
  EXPECT_EQ(rejected(kFragmentationNeeded).view().verdict.message.find("takes"), std::string::npos);
}

TEST(Rejected, UnheardBecauseTheSenderDropsTheError) {
  IcmpError dropped = kFragmentationNeeded;
  dropped.dropped_locally = true;
  const PathView path = rejected(dropped, "192.0.2.254", 1280).view();
  EXPECT_EQ(path.verdict.reason, "fragmentation_needed_filtered from 192.0.2.254");
  EXPECT_EQ(path.verdict.message,
            "192.0.2.254 answered that the next link takes 1280 bytes, and a itself drops that "
            "answer, so it never learns it");
  EXPECT_EQ(path.verdict.command, "nft list ruleset");
}

TEST(Rejected, InnerPacketIsTheSendersNotTheError) {
  Scene scene = rejected(kPortUnreachable);
  ASSERT_TRUE(scene.view().inner);
  EXPECT_EQ(scene.view().inner->dst_port, 443);
  scene.path.tx.reset();
  const PathView alone = scene.view();
  EXPECT_FALSE(alone.inner);
  ASSERT_TRUE(alone.tx);
  EXPECT_FALSE(alone.rx);
  ASSERT_TRUE(alone.outer);
  EXPECT_EQ(alone.outer->dst_port, 51821);
}

TEST(Rejected, KnowsNoRouterWithoutItsAddress) {
  Scene scene = rejected(kPortUnreachable);
  std::get<event::Rejection>(scene.path.drop->event).error = {};
  EXPECT_EQ(scene.view().verdict.reason, "port_unreachable");
  EXPECT_TRUE(scene.view().verdict.message.starts_with("A router on the way"));
}

}  // namespace
}  // namespace wgt::explain
