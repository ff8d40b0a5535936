// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/answer_text.h"

#include <gtest/gtest.h>

#include <sstream>

#include "plugin/sink/json/answer_json.h"
#include "tests/plugin/sink/render.h"

namespace wgt::sink {
namespace {

health::WhyFacts facts() {
  health::WhyFacts facts;
  facts.destination = parse_ip("10.0.0.2").value();
  facts.interface = "wg0";
  health::Probe& probe = facts.probes.emplace_back();
  probe.answer_ns = 900'000;
  probe.there = probe.back = test::delivered().view();
  return facts;
}

std::string text(const health::WhyFacts& facts) {
  std::ostringstream out;
  answer_text(out, facts, health::answer(facts), test::kUtf8);
  return "\n" + out.str();
}

TEST(AnswerText, HasTheTimesOfEachStage) {
  EXPECT_EQ(text(facts()), R"(
✓ 10.0.0.2 answers through wg0: 1 of 1 probe
  round trip: least 900.0 µs, average 900.0 µs, most 900.0 µs
  there, a: wg_xmit, encrypt +14.2 µs, udp_tunnel_xmit +3.1 µs,
    outer_out +2.2 µs
  there, network: 420.0 µs, known to 50.0 µs
  there, b: wg_receive, decrypt +11.8 µs, replay +0.6 µs, allowed_ips +0.6 µs,
    delivered +0.9 µs
  back, a: wg_xmit, encrypt +14.2 µs, udp_tunnel_xmit +3.1 µs, outer_out +2.2 µs
  back, network: 420.0 µs, known to 50.0 µs
  back, b: wg_receive, decrypt +11.8 µs, replay +0.6 µs, allowed_ips +0.6 µs,
    delivered +0.9 µs
)");
}

TEST(AnswerText, OneHostHasOneClock) {
  health::WhyFacts local = facts();
  local.probes[0].there->network->error_ns = 0;
  EXPECT_NE(text(local).find("\n  there, network: 420.0 µs (one host, one clock)\n"),
            std::string::npos);
}

TEST(AnswerText, NamesStepCauseAndCommand) {
  health::WhyFacts refused = facts();
  refused.probes[0] = {};
  refused.probes[0].there = test::disallowed_source().view();
  const std::string shown = text(refused);
  EXPECT_TRUE(shown.starts_with("\n✗ rx.disallowed_source at allowed_ips on b (exact)\n")) << shown;
  EXPECT_NE(shown.find("\nwg set wg0 peer "), std::string::npos) << shown;
}

TEST(AnswerText, HasNoMoreThan80ColumnsAndNothingThatSteers) {
  health::WhyFacts hostile = facts();
  test::Scene scene = test::disallowed_source();
  scene.hosts[1].hostname = "b\x1b[2J\n";
  hostile.probes[0] = {};
  hostile.probes[0].there = scene.view();
  const std::string shown = text(hostile);
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  std::istringstream lines(shown);
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(columns(line) <= 80 || line.starts_with("wg set")) << line;
}

TEST(AnswerText, WhatOneEndCannotKnow) {
  health::WhyFacts facts = sink::facts();
  facts.probes = {{}};
  facts.probes[0].there = test::delivered().sender_only(join::Basis::kReceiverNotWatched).view();
  EXPECT_EQ(text(facts), R"(
? why.other_end_unwatched at outer_out (unknown)
  1 probe left this host encrypted through wg0, and no answer came; what became
  of them cannot be told from this end.
  From here it cannot be known:
    - whether they reached the other host, or died on the way to it
    - whether WireGuard took them there: its session, its AllowedIPs for this
      host
    - whether that host let them through, and 10.0.0.2 answered
    - whether the answer died on its way back, and how long each way takes
  what to do: Ask with both ends. On the other host, whose interface may have
  another name:
wg-trace listen wg0
  and then here:
wg-trace why 10.0.0.2 --pair HOST
)");
}

TEST(AnswerJson, IsTheSame) {
  const boost::json::object object = to_json(facts(), health::answer(facts()));
  EXPECT_EQ(object.at("kind"), "answer");
  EXPECT_EQ(object.at("status"), "fine");
  EXPECT_EQ(object.at("id"), "why.answered");
  EXPECT_TRUE(object.at("step").is_null());
  const boost::json::object& probe = object.at("probes").at(0).as_object();
  EXPECT_EQ(probe.at("answer_ns"), 900'000);
  EXPECT_EQ(probe.at("there").at("network").at("ns"), 420'000);
}

}  // namespace
}  // namespace wgt::sink
