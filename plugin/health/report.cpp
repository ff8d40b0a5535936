// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/report.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "plugin/explain/text_template.h"
#include "plugin/health/evidence.h"
#include "plugin/health/in_words.h"
#include "plugin/health/rule.h"
#include "plugin/health/status.h"
#include "plugin/health/times.h"
#include "wgtools/base/shell.h"
#include "wgtools/base/time.h"

namespace wgt::health {
namespace {

constexpr const char* kSeverities[] = {"info", "warning", "error"};
constexpr const char* kStatusNames[] = {"dead",  "oneway", "degraded", "waiting",
                                        "never", "active", "idle"};

explain::Facts words_of(const InterfaceFacts& facts) {
  const wg::Device& device = facts.view.device;
  explain::Facts words{{"iface", device.name}, {"dev", device.name}};
  if (!wg::is_zero(device.public_key)) words["own_key"] = wg::to_base64(device.public_key);
  if (device.listen_port != 0) words["listen_port"] = std::to_string(device.listen_port);
  if (device.fwmark != 0) words["fwmark"] = std::to_string(device.fwmark);
  if (facts.unknown_senders_full) words["at_least"] = "at least ";
  return words;
}

void add_peer(explain::Facts& words, const wg::Peer& peer) {
  words["peer"] = wg::short_form(peer.public_key);
  words["key"] = wg::to_base64(peer.public_key);
  if (peer.endpoint) {
    words["endpoint"] = to_string(*peer.endpoint);
    words["endpoint_address"] = to_string(peer.endpoint->address);
    words["endpoint_port"] = std::to_string(peer.endpoint->port);
  }
  for (const IpPrefix& prefix : peer.allowed_ips)
    if (prefix.length == (prefix.address.version == 4 ? 32 : 128)) {
      words.try_emplace("inside_address", to_string(prefix.address));
      break;
    }
}

// Ids are told once: their rows are the same finding in other words.
template <class Test, class Ask>
std::vector<Finding> apply(std::span<const Rule<Test>> rules, const explain::Facts& words,
                           const explain::Surroundings& around, Ask ask) {
  std::vector<Finding> findings;
  for (const Rule<Test>& rule : rules) {
    if (std::ranges::find(findings, rule.id, &Finding::id) != findings.end()) continue;
    auto evidence = ask(rule);
    if (!evidence) continue;
    auto finding = in_words(rule, *std::move(evidence), words);
    if (!finding) continue;
    withhold_harm(*finding, around);
    findings.push_back(*std::move(finding));
  }
  return findings;
}

// Commands are run where the user is, and the interface may be elsewhere.
void complete_commands(std::vector<Finding>& findings, const InterfaceFacts& facts) {
  const Place interface { .here = facts.view.own_netns, .netns = facts.view.netns };
  for (Finding& finding : findings)
    if (finding.command)
      finding.command = run_from_here(*finding.command, finding.run_in == RunIn::kSocket
                                                            ? facts.socket.value_or(interface)
                                                            : interface);
}

void worst_first(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
}

Severity worst_of(const std::vector<Finding>& findings) {
  auto worst = Severity::kInfo;
  for (const Finding& finding : findings) worst = std::max(worst, finding.severity);
  return worst;
}

void append(std::vector<Finding>& to, std::vector<Finding> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

void add_numbers(PeerReport& report, const PeerFacts& peer, const Clock& clock) {
  if (peer.section.peer.last_handshake_unix_s != 0)
    report.handshake_age_s = std::max<std::int64_t>(
        clock.wall_ns / kNsPerSecond - peer.section.peer.last_handshake_unix_s, 0);
  if (peer.handshake) {
    report.attempts = peer.handshake->attempts;
    if (peer.handshake->result != Hs::NONE)
      report.last_result = event::hs_id(peer.handshake->result);
    if (peer.handshake->rtt_ns != 0) report.rtt_ns = peer.handshake->rtt_ns;
    report.handshake_counts = peer.handshake->count;
    report.endpoint_changes = peer.handshake->endpoint_changes;
    report.roamed = peer.handshake->changes;
  }
  if (peer.now)
    report.network_loss = Loss{
        peer.now->window_expected,
        peer.now->window_expected - std::min(peer.now->window_expected, peer.now->window_received)};
}

// Of what removed peers left behind only this is news: they do not know it yet.
std::vector<explain::DropRow> still_coming(const explain::InterfaceView& view) {
  std::vector<explain::DropRow> rows;
  std::ranges::copy_if(
      view.removed_drops, std::back_inserter(rows), [](const explain::DropRow& row) {
        return row.verdict == event::VerdictId::RX_UNKNOWN_INDEX && row.reason == "peer_removed";
      });
  return rows;
}

PeerReport report_of(PeerFacts& peer, const InterfaceFacts& facts,
                     const explain::Surroundings& around, std::span<const Finding> of_interface) {
  PeerReport report;
  report.findings =
      strongest(candidates(peer, facts, around), of_interface, peer.section.peer.public_key);
  worst_first(report.findings);
  complete_commands(report.findings, facts);
  const State state = state_of(peer, facts);
  report.status = state.status;
  report.since_wall_ns = facts.clock.wall(state.since_mono_ns);
  const bool up = state.status == Status::kActive || state.status == Status::kIdle;
  if (up && worst_of(report.findings) != Severity::kInfo) report.status = Status::kDegraded;
  add_numbers(report, peer, facts.clock);
  report.drops = std::move(peer.section.drops);
  report.tx = peer.section.tx;
  report.rx = peer.section.rx;
  report.sessions = std::move(peer.section.sessions);
  report.peer = peer.section.peer;
  return report;
}

}  // namespace

explain::Surroundings surroundings(const InterfaceFacts& facts) {
  explain::Surroundings around{.device = &facts.view.device,
                               .own_addresses = facts.own_addresses,
                               .own_ranges = facts.own_ranges,
                               .up = facts.view.up == true};
  for (const PeerFacts& peer : facts.peers)
    if (state_of(peer, facts).status == Status::kActive)
      around.healthy_peers.push_back(peer.section.peer.public_key);
  return around;
}

void withhold_harm(Finding& finding, const explain::Surroundings& around) {
  if (!finding.command || !explain::harm_of(*finding.command, around)) return;
  finding.advice.reset();
  finding.command.reset();
}

std::vector<Finding> candidates(const PeerFacts& peer, const InterfaceFacts& facts,
                                const explain::Surroundings& around) {
  explain::Facts words = words_of(facts);
  add_peer(words, peer.section.peer);
  const auto ask = [&](const PeerRule& rule) { return rule.holds(peer, facts); };
  std::vector<Finding> findings = apply(handshake_rules(), words, around, ask);
  append(findings, drop_findings(peer.section.drops, &peer.section.peer, facts, around));
  append(findings, apply(session_rules(), words, around, ask));
  return findings;
}

const char* severity_name(Severity severity) {
  return kSeverities[static_cast<std::size_t>(severity)];
}
const char* status_name(Status status) { return kStatusNames[static_cast<std::size_t>(status)]; }

InterfaceReport build_report(InterfaceFacts facts) {
  InterfaceReport report;
  report.name = facts.view.device.name;
  report.netns = facts.view.netns;
  report.own_netns = facts.view.own_netns;
  report.wall_ns = facts.clock.wall_ns;
  report.clock = facts.clock;
  // For words that need all peers, such as whose an address is.
  for (const PeerFacts& peer : facts.peers) facts.view.device.peers.push_back(peer.section.peer);
  const explain::Surroundings around = surroundings(facts);
  report.findings = apply(interface_rules(), words_of(facts), around,
                          [&](const InterfaceRule& rule) { return rule.holds(facts); });
  append(report.findings, drop_findings(facts.view.drops, nullptr, facts, around));
  append(report.findings, drop_findings(still_coming(facts.view), nullptr, facts, around));
  worst_first(report.findings);
  complete_commands(report.findings, facts);
  for (PeerFacts& peer : facts.peers)
    report.peers.push_back(report_of(peer, facts, around, report.findings));
  report.drops = std::move(facts.view.drops);
  std::stable_sort(report.peers.begin(), report.peers.end(),
                   [](const PeerReport& a, const PeerReport& b) {
                     return std::tuple(worst_of(b.findings), a.status) <
                            std::tuple(worst_of(a.findings), b.status);
                   });
  return report;
}

Severity worst(const InterfaceReport& report) {
  Severity all = worst_of(report.findings);
  for (const PeerReport& peer : report.peers) all = std::max(all, worst_of(peer.findings));
  return all;
}

}  // namespace wgt::health
