// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/answer.h"

#include <gtest/gtest.h>

#include "plugin/health/why_answers.h"
#include "tests/support/view_builder.h"

namespace wgt::health {
namespace {

using event::VerdictId;

Probe probe(const explain::PathView& there) {
  Probe probe;
  probe.there = there;
  return probe;
}

Finding finding(const char* id, Severity severity) {
  Finding finding;
  finding.id = id;
  finding.severity = severity;
  finding.message = "what is wrong";
  finding.advice = "do this";
  finding.command = "wg show wg0";
  return finding;
}

struct AnswerTest : ::testing::Test {
  AnswerTest() {
    facts.destination = parse_ip("10.0.0.2").value();
    facts.interface = "wg0";
    facts.peer = test::delivered().device_a.peers[0];
  }
  Probe lost_somewhere() const {
    return probe(test::delivered().sender_only(join::Basis::kReceiverNotWatched).view());
  }
  Probe arrived() const { return probe(test::delivered().view()); }
  Probe returned() const {
    Probe all = arrived();
    all.answer_ns = 900'000;
    return all;
  }
  WhyFacts facts;
};

TEST_F(AnswerTest, AllIsWell) {
  facts.probes = {returned(), returned()};
  facts.of_peer = {finding("endpoint.stale_name", Severity::kWarning)};
  const Answer said = answer(facts);
  EXPECT_EQ(said.outcome, Outcome::kFine);
  EXPECT_EQ(said.id, "why.answered");
  EXPECT_EQ(said.message, "10.0.0.2 answers through wg0, peer hK7gZ1n0…: 2 of 2 probes");
}

TEST_F(AnswerTest, IsTheStepWhereTheProbeDied) {
  const explain::PathView path = test::disallowed_source().view();
  facts.probes = {probe(path), probe(path)};
  facts.of_peer = {finding("hs.no_answer", Severity::kError)};  // of earlier
  const Answer said = answer(facts);
  EXPECT_EQ(said.outcome, Outcome::kFault);
  EXPECT_EQ(said.id, "rx.disallowed_source");
  EXPECT_EQ(said.step, "allowed_ips");
  EXPECT_EQ(said.where, "b");
  EXPECT_EQ(said.certainty, "exact");
  EXPECT_EQ(said.command, path.verdict.command);
  // the command stands once
  EXPECT_TRUE(said.advice->ends_with("the whole list.")) << *said.advice;
}

TEST_F(AnswerTest, IsWhyThereIsNoSession) {
  test::Scene waits = test::delivered();
  waits.fail(VerdictId::TX_STAGED_PURGED, event::Sent::kWgXmit);
  facts.probes = {probe(waits.view())};
  EXPECT_EQ(answer(facts).id, "tx.staged_purged");
  facts.of_peer = {finding("hs.psk_mismatch", Severity::kError)};
  EXPECT_EQ(answer(facts).id, "hs.psk_mismatch");
  EXPECT_EQ(answer(facts).step, "handshake");
  // it was not seen at all: it waits still
  facts.probes = {Probe{}};
  EXPECT_EQ(answer(facts).id, "hs.psk_mismatch");
  facts.of_peer.clear();
  EXPECT_EQ(answer(facts).id, "why.waiting");
  EXPECT_EQ(answer(facts).outcome, Outcome::kCannotTell);
  facts.records_lost = true;
  EXPECT_EQ(answer(facts).id, "why.not_seen");
}

TEST_F(AnswerTest, SaysWhatOneEndCannotKnow) {
  facts.probes = {lost_somewhere(), lost_somewhere()};
  const Answer said = answer(facts);
  EXPECT_EQ(said.outcome, Outcome::kCannotTell);
  EXPECT_EQ(said.id, "why.other_end_unwatched");
  EXPECT_EQ(said.not_known.size(), 4U);
  EXPECT_EQ(said.command, "wg-trace listen wg0");
  EXPECT_EQ(said.then, "wg-trace why 10.0.0.2 --pair 198.51.100.1");
  // what health knows of this peer is better
  facts.of_peer = {finding("mtu.icmp_filtered", Severity::kWarning)};
  EXPECT_EQ(answer(facts).id, "mtu.icmp_filtered");
  EXPECT_EQ(answer(facts).outcome, Outcome::kDoubtful);
  facts.of_peer = {finding("endpoint.roamed", Severity::kInfo)};
  EXPECT_EQ(answer(facts).id, "why.other_end_unwatched");
}

TEST_F(AnswerTest, ALostProbeIsAWarning) {
  facts.probes = {returned(), lost_somewhere()};
  const Answer said = answer(facts);
  EXPECT_EQ(said.outcome, Outcome::kDoubtful);
  EXPECT_EQ(said.message, say_loss(facts, 1).message);
  EXPECT_TRUE(said.message.ends_with("1 of 2 probes")) << said.message;
}

TEST_F(AnswerTest, AWarningOfCheckIsNoCauseOfWhatLeft) {
  facts.probes = {lost_somewhere()};
  facts.check = {finding("config.file_differs", Severity::kWarning)};
  EXPECT_EQ(answer(facts).id, "why.other_end_unwatched");
  facts.probes = {Probe{}};
  EXPECT_EQ(answer(facts).id, "config.file_differs");
  facts.probes = {lost_somewhere()};
  facts.check = {finding("config.no_route_back", Severity::kError)};
  EXPECT_EQ(answer(facts).id, "config.no_route_back");
  facts.check = {finding("path.rejected", Severity::kError)};
  EXPECT_EQ(answer(facts).step, "network");
}

TEST_F(AnswerTest, CheckKnowsMoreOfAPacketThatHadNoPeer) {
  test::Scene alone = test::delivered();
  alone.fail(VerdictId::TX_NO_ENDPOINT, event::Sent::kWgXmit);
  facts.probes = {probe(alone.view())};
  facts.probes[0].there->verdict.advice.reset();
  facts.probes[0].there->verdict.command.reset();
  facts.check = {finding("tx.no_endpoint", Severity::kError)};
  const Answer said = answer(facts);
  EXPECT_EQ(said.id, "tx.no_endpoint");
  EXPECT_EQ(said.certainty, "exact");
  EXPECT_EQ(said.advice, "do this");
  EXPECT_EQ(said.command, "wg show wg0");
}

TEST_F(AnswerTest, AnswersThatDoNotComeOrDie) {
  facts.probes = {arrived()};
  facts.other_end_watched = true;
  EXPECT_EQ(answer(facts).id, "why.no_answer");
  EXPECT_EQ(answer(facts).where, "b");
  test::Scene back = test::delivered();
  back.fail(VerdictId::TX_NO_PEER, event::Sent::kWgXmit);
  facts.probes[0].back = back.view();
  EXPECT_EQ(answer(facts).id, "tx.no_peer");
  EXPECT_TRUE(answer(facts).message.starts_with("The probe arrived; its answer did not: "));
}

TEST_F(AnswerTest, SomeAreLost) {
  facts.probes = {returned(), returned(), lost_somewhere()};
  EXPECT_EQ(answer(facts).id, "why.loss");
  EXPECT_EQ(answer(facts).outcome, Outcome::kDoubtful);
}

TEST_F(AnswerTest, APortThatIsClosed) {
  facts.port = 443;
  facts.probes = {returned()};
  EXPECT_EQ(answer(facts).id, "why.answered");
  facts.probes[0].refused = true;
  EXPECT_EQ(answer(facts).id, "why.port_closed");
  EXPECT_EQ(answer(facts).outcome, Outcome::kFault);
  EXPECT_EQ(destination_words(facts), "10.0.0.2 port 443");
}

TEST_F(AnswerTest, NothingRoutesItIntoATunnel) {
  facts.interface.clear();
  facts.way.interface = "eth0";
  facts.way.route.gateway = parse_ip("192.0.2.1").value();
  Answer said = answer(facts);
  EXPECT_EQ(said.id, "why.not_routed");
  EXPECT_EQ(said.outcome, Outcome::kCannotTell);
  EXPECT_NE(said.message.find("by eth0 over 192.0.2.1"), std::string::npos) << said.message;
  facts.way.route = {.error = 101};
  EXPECT_EQ(answer(facts).outcome, Outcome::kFault);
  facts.check = {finding("config.route_elsewhere", Severity::kError)};
  said = answer(facts);
  EXPECT_EQ(said.id, "config.route_elsewhere");
  EXPECT_EQ(said.step, "route");
  EXPECT_EQ(said.outcome, Outcome::kFault);
}

TEST_F(AnswerTest, IsTheErrorThatCameBack) {
  facts.probes = {lost_somewhere()};
  facts.probes[0].rejected = {*parse_ip("192.168.50.1"), {4, 3, 13, false}, 0};
  Answer said = answer(facts);
  EXPECT_EQ(said.outcome, Outcome::kFault);
  EXPECT_EQ(said.id, "why.rejected");
  EXPECT_EQ(said.message,
            "The tunnel took the probe, and 192.168.50.1 answered that its rules forbid it: a "
            "firewall (ICMP admin_prohibited)");
  // the step where it died is more exact
  facts.probes[0].there = test::disallowed_source().view();
  EXPECT_EQ(answer(facts).id, "rx.disallowed_source");
  facts.probes = {lost_somewhere()};
  facts.probes[0].rejected = {*parse_ip("192.168.50.1"), {4, 3, 4, false}, 1280};
  EXPECT_TRUE(answer(facts).message.find("which takes 1280 bytes") != std::string::npos);
}

TEST_F(AnswerTest, IsThatItWasNotSent) {
  facts.probes = {Probe{}, Probe{}};
  for (Probe& probe : facts.probes) probe.error = "EMSGSIZE";
  facts.size = 1440;
  facts.way.interface_mtu = 1420;
  Answer said = answer(facts);
  EXPECT_EQ(said.id, "why.too_big");
  EXPECT_EQ(said.message,
            "A probe of 1468 bytes does not fit: wg0 takes packets of up to 1420 bytes there, and "
            "it may not be fragmented");
  EXPECT_EQ(said.advice, "The largest --size that fits is 1392");
  facts.way.route.mtu = 20;
  EXPECT_EQ(largest_size(facts), 0U);
  for (Probe& probe : facts.probes) probe.error = "EPERM";
  said = answer(facts);
  EXPECT_EQ(said.id, "why.not_sent");
  EXPECT_EQ(said.outcome, Outcome::kFault);
  for (Probe& probe : facts.probes) probe.error = "EPROTONOSUPPORT";
  said = answer(facts);
  EXPECT_EQ(said.id, "tx.bad_protocol");
  EXPECT_EQ(said.step, "wg_xmit");
  EXPECT_EQ(said.command, "tc filter show dev wg0 egress");
  // it left, and then the connection failed
  facts.probes = {lost_somewhere()};
  facts.probes[0].error = "EHOSTUNREACH";
  EXPECT_EQ(answer(facts).id, "why.other_end_unwatched");
}

}  // namespace
}  // namespace wgt::health
