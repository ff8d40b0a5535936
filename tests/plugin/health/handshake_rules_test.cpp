// SPDX-License-Identifier: GPL-2.0-only
// Each rule about a handshake: a case that fires, a near miss, and the facts missing.
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/plugin/health/facts_builder.h"

namespace wgt::health {
namespace {

using test::ago;
using test::Facts;
using test::initiation;
using test::of_peer;
using test::rejected;
using test::v4;

TEST(HandshakeRules, NothingWithoutEvents) {
  EXPECT_EQ(of_peer(Facts()), "");
  Facts missing;
  missing.peer().handshake.reset();
  missing.peer().now.reset();
  EXPECT_EQ(of_peer(missing), "");
}

TEST(NotLeaving, IsTheLastAttemptsErrno) {
  Facts facts;
  facts.tries(1, 3).saw(Hs::NOT_LEAVING, 1);
  facts.hs().error = ENETUNREACH;
  EXPECT_EQ(of_peer(facts), "hs.not_leaving error");
  const Finding f = facts.report().peers[0].findings[0];
  EXPECT_NE(f.message.find("ENETUNREACH"), std::string::npos) << f.message;
  EXPECT_EQ(f.command, "ip route get 192.0.2.7");
}

TEST(NotLeaving, NamesTheMarkThatTheRouteIsChosenBy) {
  Facts facts;
  facts.tries(1, 3).saw(Hs::NOT_LEAVING, 1);
  facts.hs().error = ENETUNREACH;
  facts.view.device.fwmark = 51820;
  EXPECT_EQ(facts.report().peers[0].findings[0].command, "ip route get 192.0.2.7 mark 51820");
}

TEST(NotLeaving, NotWhenALaterAttemptLeft) {
  Facts facts;
  facts.tries(2, 8).saw(Hs::NOT_LEAVING, 6);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(NotLeaving, IsTheOwnFirewallToo) {
  Facts facts;
  facts.tries(1, 3).drop(event::VerdictId::OUTER_OUT, "NETFILTER_DROP", 2, initiation());
  EXPECT_EQ(of_peer(facts), "hs.not_leaving error") << "and not host.firewall besides";
}

TEST(NotLeaving, NotForADroppedDataMessageOrAnOldOne) {
  Facts data;
  data.tries(1, 3).drop(event::VerdictId::OUTER_OUT, "NETFILTER_DROP", 2, initiation(200));
  EXPECT_EQ(of_peer(data), "host.firewall error");
  Facts old;
  old.tries(1, 3).drop(event::VerdictId::OUTER_OUT, "NETFILTER_DROP", 5, initiation());
  EXPECT_EQ(of_peer(old), "host.firewall error");
}

TEST(PskMismatch, IsAnAnswerThatCannotBeDecrypted) {
  Facts facts;
  facts.tries(1, 3).saw(Hs::PSK_MISMATCH, 1);
  EXPECT_EQ(of_peer(facts), "hs.psk_mismatch error");
}

TEST(PskMismatch, NotOnceAHandshakeCompleted) {
  Facts facts;
  facts.tries(1, 9).saw(Hs::PSK_MISMATCH, 5).saw(Hs::COMPLETED, 0);
  facts.hs().attempts = 0;
  EXPECT_EQ(of_peer(facts), "");
}

TEST(PskMismatch, NotFromBeforeTheseAttempts) {
  Facts facts;
  facts.tries(1, 3).saw(Hs::PSK_MISMATCH, 5);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(PskMismatch, RemainsTheCauseWhenWireGuardGaveUp) {
  Facts facts;
  facts.tries(20, 101).saw(Hs::PSK_MISMATCH, 1, 20).saw(Hs::GAVE_UP, 0);
  EXPECT_EQ(of_peer(facts), "hs.psk_mismatch error");
}

TEST(LateResponse, NeedsASecondTry) {
  Facts facts;
  facts.tries(2, 8).saw(Hs::LATE_RESPONSE, 1);
  facts.hs().rtt_ns = 6'100'000'000;
  EXPECT_EQ(of_peer(facts), "hs.late_response error");
  EXPECT_NE(facts.report().peers[0].findings[0].message.find("6100 ms"), std::string::npos);
  facts.hs().attempts = 1;
  EXPECT_EQ(of_peer(facts), "");
}

TEST(Rejected, NamesTheRouter) {
  Facts facts;
  rejected(facts.tries(1, 3), "admin_prohibited", 254, 1);
  EXPECT_EQ(of_peer(facts), "path.rejected error");
  EXPECT_NE(facts.report().peers[0].findings[0].message.find("192.0.2.254"), std::string::npos);
}

TEST(Rejected, NotWhenAHandshakeCompletedSince) {
  Facts facts;
  rejected(facts.saw(Hs::COMPLETED, 1), "admin_prohibited", 254, 2);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(Rejected, NotForAnotherEndpointNorForPathMtu) {
  Facts other;
  rejected(other.tries(1, 3), "admin_prohibited", 254, 1);
  other.peer().section.peer.endpoint = v4(8, 51821);
  EXPECT_EQ(of_peer(other), "");
  Facts mtu;
  rejected(mtu.tries(1, 3), "fragmentation_needed", 254, 1);
  EXPECT_EQ(of_peer(mtu), "");
}

TEST(Rejected, ByTheEndpointItselfIsAClosedPort) {
  Facts facts;
  rejected(facts.tries(1, 3), "port_unreachable", 7, 1);
  const Finding f = facts.report().peers[0].findings.at(0);
  EXPECT_EQ(f.id, "path.rejected");
  EXPECT_NE(f.message.find("nothing listens on UDP port 51821"), std::string::npos) << f.message;
}

TEST(NatTimeout, IsAClosedPortWhereThePeerCameFrom) {
  Facts facts;
  rejected(facts.saw(Hs::COMPLETED, 30).saw(Hs::INITIATION_ACCEPTED, 31), "port_unreachable", 7, 1);
  facts.hs().sessions = {{.ns = ago(31)}};
  EXPECT_EQ(of_peer(facts), "endpoint.nat_timeout error");
  // We made that session, so the address is one that was configured.
  facts.hs().sessions[0].i_am_initiator = true;
  EXPECT_EQ(of_peer(facts), "path.rejected error");
}

TEST(Crossed, IsTheCauseWhileItIsTheLastOutcome) {
  Facts facts;
  facts.tries(3, 12).saw(Hs::CROSSED, 1, 3);
  facts.hs().unconfirmed = 3;
  facts.saw(Hs::RESPONSE_SENT, 1, 3);
  facts.hs().rtt_ns = 600'000'000;
  EXPECT_EQ(of_peer(facts), "hs.crossed warning");
  EXPECT_NE(facts.report().peers[0].findings[0].message.find("600 ms"), std::string::npos);
  facts.hs().last_ns[Hs::CROSSED] = ago(6);
  facts.saw(Hs::NO_ANSWER, 1);
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
}

TEST(Crossed, OnceOrTwiceIsNoFinding) {
  Facts facts;
  facts.tries(2, 6).saw(Hs::CROSSED, 1, 2);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(HandshakesFiltered, NeedsDataThatStillComes) {
  Facts facts;
  facts.tries(6, 26).saw(Hs::NO_ANSWER, 1, 5);
  facts.peer().now->came_bytes = 32;
  EXPECT_EQ(of_peer(facts), "path.handshakes_filtered error");
  facts.hs().attempts = 5;  // the peer may not have begun yet to try itself
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
  facts.hs().attempts = 6;
  facts.peer().now->came_bytes = 0;
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
  facts.peer().now.reset();
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
}

TEST(CookieRequired, IsAWarningWhileItLasts) {
  Facts facts;
  facts.tries(2, 8).saw(Hs::COOKIE_REQUIRED, 6);
  EXPECT_EQ(of_peer(facts), "hs.cookie_required warning");
  facts.hs().attempts = 0;
  EXPECT_EQ(of_peer(facts), "");
}

TEST(GaveUp, OnlyOfTheseAttempts) {
  Facts facts;
  facts.tries(20, 101).saw(Hs::GAVE_UP, 1);
  EXPECT_EQ(of_peer(facts), "hs.gave_up error");
  facts.tries(1, 1).saw(Hs::GAVE_UP, 200);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(NoAnswer, NeedsThreeTriesThatLeft) {
  Facts facts;
  facts.tries(3, 11);
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
  EXPECT_NE(facts.report().peers[0].findings[0].message.find("cannot be told"), std::string::npos)
      << "one end must not claim what only two can know";
  facts.tries(2, 6);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(ReplayedTimestamp, UntilOneIsAccepted) {
  Facts facts;
  facts.saw(Hs::INITIATION_ACCEPTED, 50).saw(Hs::COMPLETED, 50);
  facts.saw(Hs::REPLAYED_TIMESTAMP, 2, 4);
  facts.hs().their_time_s = 1'700'000'000;
  EXPECT_EQ(of_peer(facts), "hs.replayed_timestamp error");
  const std::string message = facts.report().peers[0].findings[0].message;
  EXPECT_NE(message.find("2023-11-14 22:13:20 UTC"), std::string::npos) << message;
  facts.saw(Hs::INITIATION_ACCEPTED, 1);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(ReplayedTimestamp, NotLongAgo) {
  Facts facts;
  facts.saw(Hs::REPLAYED_TIMESTAMP, 300);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(RateLimited, ByItsAddress) {
  Facts facts;
  facts.unknown_sender(Hs::RATE_LIMITED, 1);
  EXPECT_EQ(of_peer(facts), "");
  facts.unknown_senders[0].source = v4(7);
  EXPECT_EQ(of_peer(facts), "hs.rate_limited warning");
  facts.peer().section.peer.endpoint.reset();
  EXPECT_EQ(of_peer(facts), "");
}

TEST(NeverConfirmed, NeedsASecondAnswer) {
  Facts facts;
  facts.saw(Hs::INITIATION_ACCEPTED, 1, 2).saw(Hs::RESPONSE_SENT, 1, 2);
  facts.hs().unconfirmed = 2;
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
  facts.hs().unconfirmed = 1;
  EXPECT_EQ(of_peer(facts), "");
}

TEST(Flood, IsNoFault) {
  Facts facts;
  facts.saw(Hs::FLOOD, 1);
  EXPECT_EQ(of_peer(facts), "hs.flood info");
  EXPECT_EQ(worst(facts.report()), Severity::kInfo);
}

TEST(HandshakeRules, TellOneCauseOnly) {
  Facts facts;
  facts.tries(4, 20).saw(Hs::PSK_MISMATCH, 1, 4).saw(Hs::FLOOD, 1);
  facts.hs().unconfirmed = 3;
  facts.saw(Hs::RESPONSE_SENT, 1, 3);
  EXPECT_EQ(of_peer(facts), "hs.psk_mismatch error");
}

}  // namespace
}  // namespace wgt::health
