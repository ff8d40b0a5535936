// SPDX-License-Identifier: GPL-2.0-only
// The scenes of the unit tests as JSON lines, for validate: a path of every verdict, and one of
// each other kind that needs no kernel.
#include <iostream>

#include "plugin/sink/json/answer_json.h"
#include "plugin/sink/json/health_json.h"
#include "plugin/sink/json/json_sink.h"
#include "plugin/sink/json/show_json.h"
#include "tests/plugin/health/facts_builder.h"
#include "tests/plugin/sink/show_scene.h"

namespace {

using wgt::event::Hs;
using wgt::event::VerdictId;
using wgt::event::VerdictSide;
using wgt::test::Scene;

void print(const auto& view) { std::cout << wgt::sink::to_json(view) << '\n'; }

// The packet of delivered(), if it had ended so.
Scene ending(VerdictId verdict) {
  Scene scene = wgt::test::delivered();
  const bool on_a = wgt::event::verdict_side(verdict) == VerdictSide::kTx;
  if (wgt::event::is_stack_drop(verdict))
    return scene.stack_drop(verdict, on_a ? 0 : 1, wgt::test::kNetfilterDrop,
                            wgt::test::kNfHookSlow, wgt::test::kSent);
  if (on_a) return scene.fail(verdict, wgt::event::Sent::kWgXmit, 101);
  if (verdict == VerdictId::UNKNOWN || wgt::event::verdict_side(verdict) == VerdictSide::kNetwork)
    return scene.sender_only(wgt::join::Basis::kOnlyExplanation, verdict);
  if (!wgt::event::is_success(verdict)) scene.refuse(verdict, wgt::event::Received::kDecrypt);
  return scene;
}

void paths() {
  for (unsigned verdict = 0; verdict < wgt::event::kVerdicts; verdict++)
    print(ending(static_cast<VerdictId>(verdict)).view());
  Scene scene = wgt::test::disallowed_source();
  wgt::explain::PathView path = scene.view();
  path.amends = VerdictId::NETWORK_LOST;
  path.verdict.stack = {"nf_hook_slow", "ip_rcv"};
  print(path);
  // nothing is known but that there was something
  wgt::explain::PathView nothing;
  nothing.verdict.message = "nobody watched";
  print(nothing);
  // a piece of a super-packet, in a namespace; the interface has a name that is no UTF-8
  path.tx->gso_segment = 1;
  path.tx->gso_segments = 3;
  path.tx->tried_since_wall_ns = path.tx->t0_wall_ns;
  path.tx->netns = "red";
  path.tx->interface = "wg\xff";
  path.inner->proto = 1;
  print(path);
  path.inner->src = path.inner->dst = *wgt::parse_ip("fd00::1");
  path.inner->proto = 58;
  print(path);
  wgt::health::WhyFacts why;
  why.destination = *wgt::parse_ip("10.0.0.2");
  why.interface = "wg0";
  why.probes.emplace_back().there = scene.view();
  std::cout << wgt::sink::to_json(why, wgt::health::answer(why)) << '\n';
  why.probes[0].rejected = {*wgt::parse_ip("192.168.50.1"), {4, 3, 4, false}, 1300};
  std::cout << wgt::sink::to_json(why, wgt::health::answer(why)) << '\n';
  why.interface.clear();
  std::cout << wgt::sink::to_json(why, wgt::health::answer(why)) << '\n';
  wgt::explain::Summary summary;
  summary.paths = 3;
  summary.by_verdict = {{"delivered", 2}, {"rx.replay", 1}};
  print(summary);
}

void handshakes() {
  wgt::explain::HandshakeView h;
  h.id = "hs.completed";
  h.host = "a";
  h.interface = "wg0";
  h.message = "done";
  print(h);
  h.id = "hs.no_answer";
  h.netns = "red";
  h.peer = wgt::test::kKeyB;
  h.sender_index = 1;
  h.after_ns = 5'000'000'000;
  h.error = "ENETUNREACH";
  h.outer = wgt::test::delivered().view().outer;
  h.other_end = {.fate = "refused",
                 .host = "b",
                 .netns = std::nullopt,
                 .interface = "wg0",
                 .result = "hs.replayed_timestamp",
                 .reason = std::nullopt};
  print(h);
}

void reports() {
  print(wgt::test::shown_interface());
  wgt::health::test::Facts facts;
  wgt::sink::health_json(std::cout, facts.report());
  facts.saw(Hs::COMPLETED, 40).tries(4, 20).drop(VerdictId::RX_REPLAY, "duplicate", 2);
  facts.moved(7, 8, 1, Hs::INITIATION_ACCEPTED).unknown_sender(Hs::UNKNOWN_INITIATOR, 1);
  facts.peer().now->window_expected = 1000;
  facts.peer().now->window_received = 900;
  wgt::sink::health_json(std::cout, facts.report());
  wgt::health::CheckReport check{.interface = "wg0"};
  wgt::sink::check_json(std::cout, check);
  check.netns = "red";
  check.fine = {"the firewall lets it through"};
  check.findings = facts.report().findings;
  wgt::sink::check_json(std::cout, check);
}

}  // namespace

int main() {
  paths();
  handshakes();
  reports();
}
