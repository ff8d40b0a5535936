// SPDX-License-Identifier: GPL-2.0-only
// Rules about sessions, interfaces and dropped packets: each fires, nearly fires, lacks its facts.
#include <gtest/gtest.h>

#include "tests/plugin/health/facts_builder.h"

namespace wgt::health {
namespace {

using test::Facts;
using test::key;
using test::of_interface;
using test::of_peer;
using test::v4;

TEST(Oneway, IsASilenceThatNothingEnded) {
  Facts facts;
  facts.saw(Hs::COMPLETED, 40).saw(Hs::SILENCE, 2).tries(1, 2);
  EXPECT_EQ(of_peer(facts), "path.oneway error");
  EXPECT_EQ(facts.report().peers[0].status, Status::kOneway);
  facts.saw(Hs::COMPLETED, 1);
  facts.hs().attempts = 0;
  EXPECT_EQ(of_peer(facts), "");
}

TEST(Oneway, IsAlsoWhenOnlyHandshakesWork) {
  Facts facts;
  facts.saw(Hs::SILENCE, 3, 2).saw(Hs::COMPLETED, 2, 3);
  facts.hs().previous_silence_ns = test::ago(20);
  EXPECT_EQ(of_peer(facts), "path.oneway error");
  facts.hs().previous_silence_ns = test::ago(90);
  EXPECT_EQ(of_peer(facts), "");
  facts.peer().handshake.reset();
  EXPECT_EQ(of_peer(facts), "");
}

TEST(Lost, NeedsEnoughPacketsAndOnePercent) {
  Facts facts;
  facts.peer().now->window_expected = 1000;
  facts.peer().now->window_received = 990;
  EXPECT_EQ(of_peer(facts), "path.lost warning");
  EXPECT_EQ(facts.report().peers[0].network_loss->lost, 10U);
  facts.peer().now->window_received = 991;
  EXPECT_EQ(of_peer(facts), "");
  facts.peer().now->window_expected = 50;
  facts.peer().now->window_received = 1;
  EXPECT_EQ(of_peer(facts), "");
  facts.peer().now.reset();
  EXPECT_EQ(of_peer(facts), "");
  EXPECT_FALSE(facts.report().peers[0].network_loss);
}

TEST(Lost, IsNotWhatThisHostRefusedItself) {
  Facts facts;
  facts.peer().now->window_expected = 1000;
  facts.peer().now->window_received = 900;
  facts.drop(event::VerdictId::RX_QUEUE_FULL, "", 1);
  facts.peer().section.drops[0].count = 91;
  EXPECT_EQ(of_peer(facts), "queue.overload warning");
  facts.peer().section.drops[0].count = 90;
  EXPECT_EQ(of_peer(facts), "queue.overload warning,path.lost warning");
}

TEST(NoReturnRoute, IsASessionThatOnlyBringsPackets) {
  Facts facts;
  explain::SessionRow session{.place = "current", .age_s = 25, .sent = 3, .received = 12};
  facts.peer().section.sessions = {session};
  EXPECT_EQ(of_peer(facts), "host.no_return_route info");
  facts.peer().section.sessions[0].sent = 4;
  EXPECT_EQ(of_peer(facts), "");
  facts.peer().section.sessions[0] = session;
  facts.peer().section.sessions[0].received = 11;
  EXPECT_EQ(of_peer(facts), "");
  facts.peer().section.sessions[0] = session;
  facts.peer().section.sessions[0].place = "previous";
  EXPECT_EQ(of_peer(facts), "");
}

TEST(Stalled, IsAQueueThatStoodStill) {
  Facts facts;
  facts.peer().now->rx_queued = 900;
  EXPECT_EQ(of_peer(facts), "");
  facts.peer().stood_still_ms = 200;
  EXPECT_EQ(of_peer(facts), "queue.stalled error");
  facts.peer().now.reset();
  EXPECT_EQ(of_peer(facts), "");
}

TEST(InterfaceDown, IsToldWhenItIsKnown) {
  Facts facts;
  EXPECT_EQ(of_interface(facts), "");
  facts.view.up = true;
  EXPECT_EQ(of_interface(facts), "");
  facts.view.up = false;
  EXPECT_EQ(of_interface(facts), "host.interface_down error");
}

TEST(FragmentsLost, IsAPacketThatTheStackGaveUp) {
  Facts facts;
  facts.drop(event::VerdictId::OUTER_IN, "FRAG_REASM_TIMEOUT", 1);
  EXPECT_EQ(of_peer(facts), "mtu.fragments_lost warning");
}

TEST(IcmpFiltered, IsNotWhatWasHeard) {
  Facts heard;
  heard.drop(event::VerdictId::NETWORK_REJECTED, "packet_too_big", 1);
  EXPECT_EQ(of_peer(heard), "");
  Facts facts;
  facts.drop(event::VerdictId::NETWORK_REJECTED, "packet_too_big_filtered", 1);
  facts.peer().section.drops[0].inner.emplace().src = v4(254).address;
  EXPECT_EQ(of_peer(facts), "mtu.icmp_filtered error");
  const Finding finding = facts.report().peers[0].findings.at(0);
  EXPECT_NE(finding.message.find("192.0.2.254 answered"), std::string::npos) << finding.message;
}

TEST(SessionNone, IsWhereKeysAreGoneAndTheHandshakeIsRecent) {
  Facts facts;
  wg::Peer& peer = facts.peer().section.peer;
  const std::int64_t now = facts.clock.wall_ns / static_cast<std::int64_t>(test::kSecond);
  EXPECT_EQ(of_peer(facts), "") << "there never was one";
  peer.last_handshake_unix_s = now - 60;
  EXPECT_EQ(of_peer(facts), "session.none info");
  peer.last_handshake_unix_s = now - 180;
  EXPECT_EQ(of_peer(facts), "") << "it is over anyway";
  peer.last_handshake_unix_s = now - 60;
  facts.peer().section.sessions.resize(1);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(PortChanged, UntilSomethingIsSent) {
  Facts facts;
  facts.view.device.listen_port = 51899;
  wg::Peer& peer = facts.peer().section.peer;
  peer.rx_bytes = peer.tx_bytes = 1000;
  facts.peer().port_change = event::PortChange{.ns = test::ago(5), .from = 51820, .tx_bytes = 1000};
  EXPECT_EQ(of_peer(facts), "endpoint.port_changed info");
  peer.tx_bytes = 1032;
  EXPECT_EQ(of_peer(facts), "");
  peer.tx_bytes = 1000;
  facts.view.device.listen_port = 51820;
  EXPECT_EQ(of_peer(facts), "") << "it is the old one again";
}

TEST(Malformed, ByReservedBytesIsAWarningIfItRecurs) {
  Facts facts;
  facts.drop(event::VerdictId::RX_MALFORMED, "reserved_bytes", 1);
  EXPECT_EQ(of_peer(facts), "rx.malformed info");
  facts.peer().section.drops[0].count = 3;
  EXPECT_EQ(of_peer(facts), "rx.malformed warning");
  const Finding finding = facts.report().peers[0].findings.at(0);
  ASSERT_TRUE(finding.advice);
  EXPECT_NE(finding.advice->find("obfuscating fork"), std::string::npos);
}

TEST(SharedKey, IsGoingBackAndForth) {
  Facts facts;
  facts.moved(1, 2, 9, Hs::INITIATION_ACCEPTED)
      .moved(2, 1, 6, Hs::INITIATION_ACCEPTED)
      .moved(1, 2, 3, Hs::INITIATION_ACCEPTED);
  EXPECT_EQ(of_peer(facts), "endpoint.shared_key error");
}

TEST(SharedKey, NotSomebodyOnTheMove) {
  Facts facts;
  facts.moved(1, 2, 9, Hs::INITIATION_ACCEPTED)
      .moved(2, 3, 6, Hs::INITIATION_ACCEPTED)
      .moved(3, 4, 3, Hs::INITIATION_ACCEPTED);
  EXPECT_EQ(of_peer(facts), "endpoint.roamed info");
  Facts twice;
  twice.moved(1, 2, 9, Hs::INITIATION_ACCEPTED).moved(2, 1, 6, Hs::INITIATION_ACCEPTED);
  EXPECT_EQ(of_peer(twice), "endpoint.roamed info");
}

TEST(Roamed, NotTheFirstEndpointNorLongAgo) {
  Facts facts;
  facts.moved(1, 2, 300, Hs::NONE);
  EXPECT_EQ(of_peer(facts), "");
  facts.moved(0, 2, 3, Hs::NONE);
  facts.hs().changes[1].from.reset();
  EXPECT_EQ(of_peer(facts), "");
}

TEST(AllowedIpsMoved, IsARangeOfTheFileThatAnotherPeerHas) {
  Facts facts;
  const IpPrefix range{.address = v4(50).address, .length = 32};
  facts.has_file = true;
  facts.peer().in_file = true;
  facts.peer().allowed_ips_in_file = {range};
  facts.peer().section.peer.allowed_ips.clear();
  PeerFacts other;
  other.section.peer.public_key = key(2);
  other.section.peer.allowed_ips = {range};
  other.in_file = true;
  other.allowed_ips_in_file = {range};
  facts.peers.push_back(other);
  EXPECT_EQ(of_peer(facts), "config.allowed_ips_moved warning");
  facts.peers[1].section.peer.allowed_ips = {{.address = v4(51).address, .length = 32}};
  EXPECT_EQ(of_peer(facts), "config.differs_from_file warning") << "nobody has it";
}

TEST(NoAllowedIps, WhenThereIsNoFileToSayMore) {
  Facts facts;
  facts.peer().section.peer.allowed_ips.clear();
  EXPECT_EQ(of_peer(facts), "config.no_allowed_ips warning");
}

TEST(DiffersFromFile, ComparesSetsAndOnlyWithAFile) {
  Facts facts;
  facts.peer().allowed_ips_in_file = {};
  EXPECT_EQ(of_peer(facts), "");
  facts.has_file = true;
  EXPECT_EQ(of_peer(facts), "config.differs_from_file warning") << "not in the file";
  facts.peer().in_file = true;
  facts.peer().allowed_ips_in_file = facts.peer().section.peer.allowed_ips;
  EXPECT_EQ(of_peer(facts), "");
}

TEST(ClockBackwards, IsAHandshakeInTheFuture) {
  Facts facts;
  facts.peer().section.peer.last_handshake_unix_s = 2'000'001;
  EXPECT_EQ(of_peer(facts), "") << "within the second";
  facts.peer().section.peer.last_handshake_unix_s = 2'003'600;
  EXPECT_EQ(of_peer(facts), "clock.backwards warning");
}

TEST(NoIdentity, IsTheInterfacesAndSaysItAlone) {
  Facts facts;
  facts.view.device.has_private_key = false;
  facts.tries(5, 30).saw(Hs::NO_IDENTITY, 1);
  EXPECT_EQ(of_interface(facts), "hs.no_identity error");
  EXPECT_EQ(of_peer(facts), "");
  facts.peers.clear();
  EXPECT_EQ(of_interface(facts), "") << "nobody to talk to yet";
}

TEST(UnknownInitiator, TellsThePublicKey) {
  Facts facts;
  facts.unknown_sender(Hs::UNKNOWN_INITIATOR, 1, 77);
  EXPECT_EQ(of_interface(facts), "hs.unknown_initiator warning");
  const Finding f = facts.report().findings[0];
  EXPECT_EQ(std::get<std::string>(f.evidence[0].second), wg::to_base64(key(77)));
  EXPECT_NE(f.command->find(wg::to_base64(key(77))), std::string::npos);
}

TEST(UnknownInitiator, NotLongAgoNorOnceItIsAPeer) {
  Facts old;
  old.unknown_sender(Hs::UNKNOWN_INITIATOR, 300, 77);
  EXPECT_EQ(of_interface(old), "");
  Facts added;
  added.unknown_sender(Hs::UNKNOWN_INITIATOR, 1, 1);
  EXPECT_EQ(of_interface(added), "");
}

TEST(WrongResponderKey, NotOnceAPeerFromThereGotIn) {
  Facts facts;
  facts.unknown_sender(Hs::WRONG_RESPONDER_KEY, 5);
  facts.peer().section.peer.endpoint = facts.unknown_senders[0].source;
  EXPECT_EQ(of_interface(facts), "hs.wrong_responder_key warning");
  facts.saw(Hs::COMPLETED, 6);
  EXPECT_EQ(of_interface(facts), "hs.wrong_responder_key warning");
  facts.saw(Hs::COMPLETED, 4);
  EXPECT_EQ(of_interface(facts), "");
}

TEST(WrongResponderKey, WithoutOurKeyHasOtherWords) {
  Facts facts;
  facts.unknown_sender(Hs::WRONG_RESPONDER_KEY, 5);
  facts.unknown_senders[0].source = facts.peer().section.peer.endpoint;
  facts.view.device.public_key = {};
  EXPECT_EQ(of_interface(facts), "hs.wrong_responder_key warning");
}

TEST(UnknownSenders, EachResultHasItsFinding) {
  Facts facts;
  facts.view.device.listen_port = 51820;
  facts.unknown_sender(Hs::QUEUE_FULL, 1)
      .unknown_sender(Hs::COOKIE_REQUIRED, 1)
      .unknown_sender(Hs::UNDECRYPTABLE, 1);
  EXPECT_EQ(of_interface(facts),
            "hs.queue_full warning,hs.cookie_required warning,hs.undecryptable info");
}

TEST(Drops, AreFindingsOnlyWhileRecent) {
  Facts facts;
  facts.drop(event::VerdictId::RX_AUTH_FAILED, "", 119, {}, 3);
  EXPECT_EQ(of_peer(facts), "rx.auth_failed warning");
  EXPECT_EQ(facts.report().peers[0].status, Status::kNever) << "degraded is for what is up";
  facts.peer().section.drops[0].last_wall_ns = facts.since_wall_ns - 1;
  EXPECT_EQ(of_peer(facts), "");
}

TEST(Drops, ThatAreHarmlessAreNoFindings) {
  Facts facts;
  facts.drop(event::VerdictId::RX_REPLAY, "", 1)
      .drop(event::VerdictId::INNER_IN, "NO_SOCKET", 1)
      .drop(event::VerdictId::RX_UNKNOWN_INDEX, "rekeyed", 1);
  EXPECT_EQ(of_peer(facts), "");
}

TEST(Drops, ByReason) {
  Facts facts;
  facts.drop(event::VerdictId::INNER_IN, "IP_INADDRERRORS", 1)
      .drop(event::VerdictId::OUTER_IN, "IP_RPFILTER", 1)
      .drop(event::VerdictId::RX_UNKNOWN_INDEX, "restarted", 1)
      .drop(event::VerdictId::TX_LOOP, "", 1);
  EXPECT_EQ(of_peer(facts),
            "host.rp_filter error,config.loop error,host.forwarding_off warning,"
            "session.peer_restarted warning");
}

TEST(Drops, OfARemovedPeerAreNewsWhileItStillSends) {
  Facts facts;
  explain::DropRow row{
      .verdict = event::VerdictId::RX_UNKNOWN_INDEX, .reason = "peer_removed", .count = 1};
  row.last_wall_ns = facts.clock.wall_ns;
  facts.view.removed_drops = {row};
  EXPECT_EQ(of_interface(facts), "rx.unknown_index warning");
  facts.view.removed_drops[0].reason = "restarted";
  EXPECT_EQ(of_interface(facts), "");
  facts.view.removed_drops = {{.verdict = event::VerdictId::TX_NO_ENDPOINT, .count = 1}};
  facts.view.removed_drops[0].last_wall_ns = facts.clock.wall_ns;
  EXPECT_EQ(of_interface(facts), "");
}

TEST(Drops, OfPacketsThatWaitedAreNoNewsWhenTheCauseIsTold) {
  Facts facts;
  facts.drop(event::VerdictId::TX_STAGED_OVERFLOW, "", 1);
  EXPECT_EQ(of_peer(facts), "tx.staged_overflow warning");
  facts.tries(3, 11);
  EXPECT_EQ(of_peer(facts), "hs.no_answer error");
}

TEST(Drops, OfMulticastAreNoise) {
  Facts facts;
  explain::DropRow row{.verdict = event::VerdictId::TX_NO_PEER, .count = 1};
  row.last_wall_ns = facts.clock.wall_ns;
  row.inner = event::Tuple{.src = v4(1).address, .dst = v4(2).address};
  facts.view.drops = {row};
  EXPECT_EQ(of_interface(facts), "tx.no_peer warning");
  facts.view.drops[0].inner->dst.bytes[0] = 224;
  EXPECT_EQ(of_interface(facts), "");
}

}  // namespace
}  // namespace wgt::health
