// SPDX-License-Identifier: GPL-2.0-only
// What was seen silences what merely fits: every pair of the order of evidence, from facts.
#include "plugin/health/evidence.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <set>

#include "plugin/health/rule.h"
#include "tests/plugin/health/facts_builder.h"

namespace wgt::health {
namespace {

using event::VerdictId;
using test::ago;
using test::Facts;
using test::key;
using test::of_interface;
using test::of_peer;
using test::rejected;
using test::v4;

// One way to make each row of the table true. Those of one symptom can be made true together.
struct Maker {
  const char* id;
  std::optional<VerdictId> verdict;
  std::function<void(Facts&)> make;
};

void initiated_by_peer(Facts& facts, std::uint64_t seconds_ago, bool used) {
  facts.saw(Hs::INITIATION_ACCEPTED, seconds_ago);
  facts.hs().sessions = {{.ns = ago(seconds_ago)}};
  if (used && facts.hs().last_ns[Hs::COMPLETED] < ago(seconds_ago))
    facts.saw(Hs::COMPLETED, seconds_ago);
}

Facts& knocks_from_peer(Facts& facts, Hs what) {
  facts.unknown_sender(what, 1, 77);
  facts.unknown_senders.back().source = facts.peer().section.peer.endpoint;
  return facts;
}

const std::vector<Maker>& makers() {
  static const std::vector<Maker> kMakers = {
      {"host.interface_down", {}, [](Facts& f) { f.view.up = false; }},
      {"hs.no_identity", {}, [](Facts& f) { f.view.device.has_private_key = false; }},
      {"hs.not_leaving",
       {},
       [](Facts& f) {
         f.keeps_trying().saw(Hs::NOT_LEAVING, 0);
         f.hs().error = ENETUNREACH;
       }},
      {"hs.psk_mismatch", {}, [](Facts& f) { f.keeps_trying().saw(Hs::PSK_MISMATCH, 1); }},
      {"hs.late_response", {}, [](Facts& f) { f.keeps_trying().saw(Hs::LATE_RESPONSE, 1); }},
      {"path.wrong_source",
       {},
       [](Facts& f) {
         rejected(f, "port_unreachable", 7, 0);
         initiated_by_peer(f, 2, false);
       }},
      {"endpoint.nat_timeout",
       {},
       [](Facts& f) {
         rejected(f, "port_unreachable", 7, 0).saw(Hs::NO_ANSWER, 1);
         initiated_by_peer(f, 40, true);
       }},
      {"path.rejected", {}, [](Facts& f) { rejected(f, "port_unreachable", 7, 0); }},
      {"hs.replayed_timestamp", {}, [](Facts& f) { f.saw(Hs::REPLAYED_TIMESTAMP, 0, 3); }},
      {"hs.unknown_initiator", {}, [](Facts& f) { knocks_from_peer(f, Hs::UNKNOWN_INITIATOR); }},
      {"hs.wrong_responder_key",
       {},
       [](Facts& f) { knocks_from_peer(f, Hs::WRONG_RESPONDER_KEY); }},
      {"hs.rate_limited", {}, [](Facts& f) { knocks_from_peer(f, Hs::RATE_LIMITED); }},
      {"hs.cookie_required", {}, [](Facts& f) { f.keeps_trying().saw(Hs::COOKIE_REQUIRED, 1); }},
      {"config.loop", VerdictId::TX_LOOP, [](Facts& f) { f.drop(VerdictId::TX_LOOP, "", 1); }},
      {"tx.no_socket", VerdictId::TX_NO_SOCKET,
       [](Facts& f) { f.drop(VerdictId::TX_NO_SOCKET, "", 1); }},
      {"tx.no_route", VerdictId::TX_NO_ROUTE,
       [](Facts& f) { f.drop(VerdictId::TX_NO_ROUTE, "ENETUNREACH", 1); }},
      {"tx.no_endpoint", VerdictId::TX_NO_ENDPOINT,
       [](Facts& f) { f.drop(VerdictId::TX_NO_ENDPOINT, "", 1); }},
      {"tx.no_endpoint_family", VerdictId::TX_NO_ENDPOINT_FAMILY,
       [](Facts& f) { f.drop(VerdictId::TX_NO_ENDPOINT_FAMILY, "", 1); }},
      {"host.ipsec_policy", VerdictId::OUTER_IN,
       [](Facts& f) { f.drop(VerdictId::OUTER_IN, "XFRM_POLICY", 1); }},
      {"host.firewall", VerdictId::OUTER_IN,
       [](Facts& f) { f.drop(VerdictId::OUTER_IN, "NETFILTER_DROP", 1); }},
      {"host.rp_filter", VerdictId::OUTER_IN,
       [](Facts& f) { f.drop(VerdictId::OUTER_IN, "IP_RPFILTER", 1); }},
      {"outer_in", VerdictId::OUTER_IN,
       [](Facts& f) { f.drop(VerdictId::OUTER_IN, "UDP_CSUM", 1); }},
      {"host.ipsec_policy", VerdictId::OUTER_OUT,
       [](Facts& f) { f.drop(VerdictId::OUTER_OUT, "XFRM_POLICY", 1); }},
      {"host.firewall", VerdictId::OUTER_OUT,
       [](Facts& f) { f.drop(VerdictId::OUTER_OUT, "NETFILTER_DROP", 1); }},
      {"outer_out", VerdictId::OUTER_OUT,
       [](Facts& f) { f.drop(VerdictId::OUTER_OUT, "QDISC_DROP", 1); }},
      {"rx.disallowed_source", VerdictId::RX_DISALLOWED_SOURCE,
       [](Facts& f) { f.drop(VerdictId::RX_DISALLOWED_SOURCE, "", 1); }},
      {"host.forwarding_off", VerdictId::INNER_IN,
       [](Facts& f) { f.drop(VerdictId::INNER_IN, "IP_INADDRERRORS", 1); }},
      {"host.firewall", VerdictId::INNER_IN,
       [](Facts& f) { f.drop(VerdictId::INNER_IN, "NETFILTER_DROP", 1); }},
      {"host.rp_filter", VerdictId::INNER_IN,
       [](Facts& f) { f.drop(VerdictId::INNER_IN, "IP_RPFILTER", 1); }},
      {"config.allowed_ips_moved",
       {},
       [](Facts& f) {
         const IpPrefix range{.address = v4(50).address, .length = 32};
         f.has_file = true;
         f.peer().allowed_ips_in_file.push_back(range);
         PeerFacts other;
         other.section.peer.public_key = key(2);
         other.section.peer.allowed_ips = {range};
         f.peers.push_back(other);
       }},
      {"hs.crossed", {}, [](Facts& f) { f.keeps_trying().saw(Hs::CROSSED, 1, 3); }},
      {"path.handshakes_filtered",
       {},
       [](Facts& f) {
         f.keeps_trying().saw(Hs::NO_ANSWER, 1, 6);
         f.peer().now->came_bytes = 32;
       }},
      {"endpoint.shared_key",
       {},
       [](Facts& f) {
         f.moved(1, 2, 9, Hs::INITIATION_ACCEPTED)
             .moved(2, 1, 6, Hs::INITIATION_ACCEPTED)
             .moved(1, 2, 3, Hs::INITIATION_ACCEPTED);
       }},
      {"hs.gave_up", {}, [](Facts& f) { f.keeps_trying().saw(Hs::GAVE_UP, 1); }},
      {"hs.no_answer", {}, [](Facts& f) { f.keeps_trying(); }},
      {"path.oneway",
       {},
       [](Facts& f) {
         f.saw(Hs::SILENCE, 3, 2);
         f.hs().previous_silence_ns = ago(20);
         if (f.hs().last_ns[Hs::COMPLETED] < ago(20)) f.saw(Hs::COMPLETED, 19);
       }},
      {"host.no_return_route",
       {},
       [](Facts& f) {
         f.peer().section.sessions = {{.place = "current", .age_s = 25, .sent = 2, .received = 40}};
       }},
      {"hs.flood", {}, [](Facts& f) { f.saw(Hs::FLOOD, 1); }},
      {"tx.staged_overflow", VerdictId::TX_STAGED_OVERFLOW,
       [](Facts& f) { f.drop(VerdictId::TX_STAGED_OVERFLOW, "", 1); }},
      {"tx.staged_purged", VerdictId::TX_STAGED_PURGED,
       [](Facts& f) { f.drop(VerdictId::TX_STAGED_PURGED, "", 1); }},
      {"endpoint.roamed", {}, [](Facts& f) { f.moved(3, 7, 2, Hs::NONE); }},
      {"config.no_allowed_ips",
       {},
       [](Facts& f) {
         f.peer().section.peer.allowed_ips.clear();
         f.peer().allowed_ips_in_file.clear();
       }},
      {"config.differs_from_file",
       {},
       [](Facts& f) {
         f.has_file = true;
         f.peer().in_file = false;
       }},
  };
  return kMakers;
}

bool is_of(const Finding& finding, const EvidenceRow& row) { return row_of(finding) == &row; }

bool has(const std::vector<Finding>& findings, const EvidenceRow& row) {
  return std::ranges::any_of(findings, [&](const Finding& f) { return is_of(f, row); });
}

// Before the order is asked; findings of the interface have none.
bool holds(const Facts& facts, const EvidenceRow& row) {
  InterfaceFacts copy = facts;
  for (const PeerFacts& peer : facts.peers) copy.view.device.peers.push_back(peer.section.peer);
  return has(candidates(copy.peers[0], copy, surroundings(copy)), row) ||
         has(facts.report().findings, row);
}

bool is_told(const Facts& facts, const EvidenceRow& row) {
  const InterfaceReport report = facts.report();
  if (has(report.findings, row)) return true;
  return std::ranges::any_of(report.peers, [&](const PeerReport& peer) {
    return peer.peer.public_key == key(1) && has(peer.findings, row);
  });
}

const Maker& maker_of(const EvidenceRow& row) {
  return *std::ranges::find_if(makers(), [&](const Maker& m) {
    return std::string_view(m.id) == row.id && m.verdict == row.verdict;
  });
}

std::string name(const EvidenceRow& row) {
  std::string text = row.id;
  if (row.verdict) text += std::string(" (") + event::verdict_id(*row.verdict) + ")";
  return text;
}

// Pairs whose conditions exclude each other.
const std::set<std::pair<std::string_view, std::string_view>> kNeverMeet = {
    // that session was used, or was not
    {"path.wrong_source", "endpoint.nat_timeout"},
    // a range of the file, or no file
    {"config.allowed_ips_moved", "config.no_allowed_ips"},
};

TEST(Evidence, EachRowCanBeMadeTrueAlone) {
  ASSERT_EQ(makers().size(), order_of_evidence().size());
  for (const EvidenceRow& row : order_of_evidence()) {
    Facts facts;
    maker_of(row).make(facts);
    EXPECT_TRUE(holds(facts, row)) << name(row);
  }
}

TEST(Evidence, OfEachPairThatMeetsTheWeakerIsLeftOut) {
  std::size_t pairs = 0;
  const auto order = order_of_evidence();
  for (std::size_t s = 0; s < order.size(); s++)
    for (std::size_t w = s + 1; w < order.size(); w++) {
      const EvidenceRow& strong = order[s];
      const EvidenceRow& weak = order[w];
      if ((strong.explains & weak.of) == 0) continue;
      Facts facts;
      maker_of(weak).make(facts);
      maker_of(strong).make(facts);
      const bool meet = holds(facts, strong) && holds(facts, weak);
      EXPECT_NE(meet, kNeverMeet.contains({strong.id, weak.id}))
          << name(strong) << " and " << name(weak);
      if (!meet) continue;
      pairs++;
      EXPECT_TRUE(is_told(facts, strong) || std::ranges::any_of(order.first(s),
                                                                [&](const EvidenceRow& stronger) {
                                                                  return is_told(facts, stronger);
                                                                }))
          << name(strong);
      EXPECT_FALSE(is_told(facts, weak)) << name(weak) << " beside " << name(strong);
    }
  EXPECT_GT(pairs, 150U);
}

TEST(Evidence, WhatIsOnlyInfoSilencesNothing) {
  Facts facts;
  facts.keeps_trying().unknown_sender(Hs::WRONG_RESPONDER_KEY, 1);
  EXPECT_EQ(of_interface(facts), "hs.junk info");
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
}

TEST(Evidence, OfAnotherPeerSilencesNothing) {
  Facts facts;
  knocks_from_peer(facts.keeps_trying(), Hs::WRONG_RESPONDER_KEY);
  EXPECT_EQ(of_peer(facts), "");
  facts.unknown_senders.back().source = v4(99);
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
}

// --- reports of operators (K2, K5)

TEST(Evidence, TwoUplinks) {
  Facts facts;
  rejected(facts, "port_unreachable", 7, 0);
  initiated_by_peer(facts, 1, false);
  facts.hs().unconfirmed = 1;
  facts.saw(Hs::RESPONSE_SENT, 1);
  facts.hs().sessions[0].asked_at = v4(201).address;
  EXPECT_EQ(of_peer(facts), "path.wrong_source error");
  const Finding finding = facts.report().peers[0].findings[0];
  EXPECT_NE(finding.message.find("at 192.0.2.201 and refuses its answers, which leave from "
                                 "192.0.2.1:"),
            std::string::npos)
      << finding.message;
  EXPECT_EQ(finding.command, "ip rule add from 192.0.2.201 table TABLE");
  // Where it was asked is not known, or was the same: no claim about uplinks.
  facts.hs().sessions[0].asked_at = v4(1).address;
  EXPECT_EQ(of_peer(facts), "path.wrong_source error");
  EXPECT_EQ(facts.report().peers[0].findings[0].message.find("uplink"), std::string::npos);
  // The broken twin: it used the session, and was quiet for a while.
  initiated_by_peer(facts, 40, true);
  facts.hs().unconfirmed = 0;
  facts.peer().now->new_handshake_in_ns = 5 * test::kSecond;
  EXPECT_EQ(of_peer(facts), "endpoint.nat_timeout error");
}

TEST(Evidence, NatTimeoutNeedsAnIdleTime) {
  Facts facts;
  rejected(facts, "port_unreachable", 7, 0);
  facts.peer().now->new_handshake_in_ns = 5 * test::kSecond;
  initiated_by_peer(facts, 1, true);
  EXPECT_EQ(of_peer(facts), "path.rejected error");
  initiated_by_peer(facts, 3, true);
  EXPECT_EQ(of_peer(facts), "endpoint.nat_timeout error");
}

TEST(Evidence, OwnKeyChanged) {
  Facts here;  // whose key is a new one
  here.keeps_trying().saw(Hs::NO_ANSWER, 1, 6);
  here.peer().now->came_bytes = 32;
  EXPECT_EQ(of_peer(here), "path.handshakes_filtered error");
  knocks_from_peer(here, Hs::WRONG_RESPONDER_KEY);
  EXPECT_EQ(of_peer(here), "");
  EXPECT_EQ(of_interface(here), "hs.wrong_responder_key warning");
  Facts there;  // which was not told
  knocks_from_peer(there.keeps_trying(), Hs::UNKNOWN_INITIATOR);
  EXPECT_EQ(of_peer(there), "");
  EXPECT_EQ(of_interface(there), "hs.unknown_initiator warning");
  const std::string message = there.report().findings[0].message;
  EXPECT_NE(message.find("its key is a new one"), std::string::npos) << message;
}

TEST(Evidence, AfterIdlenessThereIsNothingToSay) {
  Facts facts;
  facts.peer().section.sessions = {{.place = "current", .age_s = 95, .sent = 10, .received = 12}};
  EXPECT_EQ(of_peer(facts), "");
  facts.peer().section.sessions[0].received = 40;  // the broken twin: thirty more came
  EXPECT_EQ(of_peer(facts), "host.no_return_route info");
  facts.drop(VerdictId::RX_DISALLOWED_SOURCE, "", 1);
  EXPECT_EQ(of_peer(facts), "rx.disallowed_source error");
}

TEST(Evidence, LocalRelayThatDoesNotRun) {
  Facts facts;
  rejected(facts.tries(1, 3), "port_unreachable", 7, 1);
  facts.peer().endpoint_is_own = true;
  const Finding finding = facts.report().peers[0].findings.at(0);
  EXPECT_EQ(finding.id, "path.rejected");
  EXPECT_NE(finding.message.find("192.0.2.7:51821 is this very host, and nothing listens"),
            std::string::npos)
      << finding.message;
  EXPECT_EQ(finding.command, "ss -lnup");
}

TEST(Evidence, IpsecPolicyIsTheHeadline) {
  Facts facts;
  facts.keeps_trying().drop(VerdictId::OUTER_IN, "XFRM_POLICY", 1);
  EXPECT_EQ(of_peer(facts), "host.ipsec_policy error");
}

TEST(Evidence, WrongAddressHasTheSentenceThatWatchHas) {
  Facts facts;
  facts.drop(VerdictId::OUTER_IN, "IP_INADDRERRORS", 1,
             {.src = v4(7).address, .dst = v4(9).address, .dst_port = 51820, .proto = 17});
  const std::string message = facts.report().peers[0].findings.at(0).message;
  EXPECT_NE(message.find("192.0.2.9 is not its own address, and it does not forward"),
            std::string::npos)
      << message;
}

// --- advice that would do harm (K4)

TEST(Advice, NeverAllowsThePeersOwnEndpoint) {
  Facts facts;
  facts.drop(VerdictId::RX_DISALLOWED_SOURCE, "", 1);
  facts.peer().section.drops.back().inner =
      event::Tuple{.src = v4(7).address, .dst = v4(1).address};
  const Finding finding = facts.report().peers[0].findings.at(0);
  EXPECT_EQ(finding.command, std::nullopt);
  EXPECT_TRUE(finding.advice->starts_with("Do not allow it: 192.0.2.7 is a peer's endpoint"))
      << *finding.advice;
  facts.peer().section.drops.back().inner->src = v4(8).address;  // the harmless twin
  EXPECT_TRUE(facts.report().peers[0].findings.at(0).command->ends_with(
      " allowed-ips 192.0.2.100/32,192.0.2.8/32"));
}

TEST(Advice, NeverAllowsWhatIsThisHostsOrAnotherPeers) {
  Facts facts;
  facts.drop(VerdictId::RX_DISALLOWED_SOURCE, "", 1);
  facts.peer().section.drops.back().inner =
      event::Tuple{.src = v4(8).address, .dst = v4(1).address};
  const auto advice = [&] { return *facts.report().peers[0].findings.at(0).advice; };
  facts.own_addresses = {v4(8).address};
  EXPECT_NE(advice().find("is an address of this host itself"), std::string::npos) << advice();
  facts.own_addresses.clear();
  facts.own_ranges = {{.address = v4(8).address, .length = 32}};
  EXPECT_NE(advice().find("reaches without the tunnel"), std::string::npos) << advice();
  facts.own_ranges.clear();
  PeerFacts other;
  other.section.peer.public_key = key(2);
  other.section.peer.allowed_ips = {{.address = v4(8).address, .length = 32}};
  facts.peers.push_back(other);
  EXPECT_NE(advice().find("only one peer can have it"), std::string::npos) << advice();
}

// --- junk

TEST(Junk, OneForgedPacketRaisesNothingAboutAPeer) {
  const Endpoint peers = *Facts().peer().section.peer.endpoint;
  Facts facts;
  facts.peer().section.sessions = {{.place = "current", .age_s = 25, .sent = 9, .received = 9}};
  facts.saw(Hs::COMPLETED, 25);
  rejected(facts, "port_unreachable", 7, 0, 1);
  facts.saw(Hs::REPLAYED_TIMESTAMP, 1)
      .drop(VerdictId::RX_AUTH_FAILED, "", 1)
      .unknown_sender(Hs::WRONG_RESPONDER_KEY, 1);
  facts.unknown_senders.back().source = peers;
  facts.unknown_senders.back().without_pause = 1;
  explain::DropRow junk{.verdict = VerdictId::RX_UNKNOWN_INDEX, .count = 1};
  junk.last_wall_ns = facts.clock.wall_ns;
  junk.outer.emplace().src = peers.address;
  junk.outer->src_port = peers.port;
  facts.view.drops = {junk};
  EXPECT_EQ(worst(facts.report()), Severity::kInfo) << of_peer(facts) << of_interface(facts);
}

TEST(Junk, RandomIndexIsNoRestartedPeer) {
  Facts facts;
  facts.drop(VerdictId::RX_UNKNOWN_INDEX, "", 1);
  EXPECT_EQ(of_peer(facts), "rx.unknown_index info");
  Facts twin;
  twin.drop(VerdictId::RX_UNKNOWN_INDEX, "restarted", 1);
  EXPECT_EQ(of_peer(twin), "session.peer_restarted warning");
}

TEST(Junk, WrongKeysAreTriesThatRecurFromAPeersEndpoint) {
  Facts facts;
  knocks_from_peer(facts, Hs::WRONG_RESPONDER_KEY);
  EXPECT_EQ(of_interface(facts), "hs.wrong_responder_key warning");
  facts.unknown_senders[0].source->port = 9;  // behind NAT: still the only peer there
  EXPECT_EQ(of_interface(facts), "hs.wrong_responder_key warning");
  facts.unknown_senders[0].first_ns = facts.unknown_senders[0].last_ns - test::kSecond;
  EXPECT_EQ(of_interface(facts), "hs.junk info") << "WireGuard tries every 5 s";
  facts.unknown_senders[0].without_pause = 1;  // however many there were an hour ago
  EXPECT_EQ(of_interface(facts), "hs.junk info");
  Facts stranger;
  stranger.unknown_sender(Hs::WRONG_RESPONDER_KEY, 1);
  EXPECT_EQ(of_interface(stranger), "hs.junk info");
}

TEST(Junk, ACappedCountIsTheLeast) {
  Facts facts;
  facts.unknown_sender(Hs::WRONG_RESPONDER_KEY, 1);
  EXPECT_EQ(facts.report().findings[0].message.find("at least"), std::string::npos);
  facts.unknown_senders_full = true;
  EXPECT_NE(facts.report().findings[0].message.find("at least 3 from at least 1 senders"),
            std::string::npos)
      << facts.report().findings[0].message;
}

}  // namespace
}  // namespace wgt::health
