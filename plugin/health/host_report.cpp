// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <cerrno>
#include <utility>

#include "plugin/health/host_rule.h"
#include "plugin/health/in_words.h"
#include "wgtools/base/shell.h"

namespace wgt::health {
namespace {

explain::Facts words_of(const HostFacts& facts) {
  explain::Facts words{{"iface", facts.interface}, {"dev", facts.interface}};
  if (facts.device.listen_port != 0)
    words["listen_port"] = std::to_string(facts.device.listen_port);
  if (facts.device.fwmark != 0) words["fwmark"] = std::to_string(facts.device.fwmark);
  if (!facts.vrf.empty()) words["vrf"] = facts.vrf;
  if (facts.place.here) words["here"] = "";
  if (!facts.place.here && facts.place.netns) words["netns"] = *facts.place.netns;
  return words;
}

explain::Surroundings around_of(const HostFacts& facts) {
  explain::Surroundings around{.settings = facts.settings, .up = facts.up};
  // Where the encrypted packets go by other routes than those into the tunnel, nothing that it
  // takes can be theirs.
  if (!facts.socket_away && facts.vrf.empty()) around.device = &facts.device;
  for (const EndpointFacts& e : facts.endpoints)
    if (e.active) around.healthy_peers.push_back(e.peer);
  return around;
}

void add_findings(std::span<const HostRule> rules, const HostFacts& facts,
                  const explain::Facts& words, const explain::Surroundings& around,
                  std::vector<Finding>& findings) {
  HostTest asked = nullptr;
  HostMatches matches;  // of `asked`, that no row had yet
  for (const HostRule& rule : rules) {
    if (rule.holds != asked) matches = rule.holds(facts);
    asked = rule.holds;
    std::erase_if(matches, [&](const HostMatch& match) {
      auto finding = in_words(rule, match.evidence, words, match.words);
      if (!finding) return false;
      withhold_harm(*finding, around);
      if (finding->command)
        finding->command = run_from_here(
            *finding->command, rule.run_in == RunIn::kSocket ? facts.socket : facts.place);
      findings.push_back(*std::move(finding));
      return true;
    });
  }
}

void add_fine(std::span<const FineRow> rows, const HostFacts& facts, const explain::Facts& words,
              std::vector<std::string>& fine) {
  for (const FineRow& row : rows)
    for (explain::Facts match : row.holds(facts)) {
      match.insert(words.begin(), words.end());
      if (auto text = explain::fill_sentence(row.message, match)) fine.push_back(*std::move(text));
    }
}

}  // namespace

explain::Facts peer_words(const wg::PublicKey& peer) {
  return {{"peer", wg::short_form(peer)}, {"key", wg::to_base64(peer)}};
}

bool without_protocol(const wg::Way& way) { return way.route.error == EOPNOTSUPP; }

IpAddress inside(const IpPrefix& prefix) {
  IpAddress address = prefix.address;
  const std::size_t last = address.version == 4 ? 3 : 15;
  if (prefix.length + 1U < (last + 1) * 8) address.bytes[last] |= 1U;
  // 0.0.0.1 and ::1 are this host.
  if (prefix.length == 0 && address.version == 4) address.bytes[0] = 1;
  if (prefix.length == 0 && address.version == 6) address.bytes[0] = 0x20;
  return address;
}

CheckReport check_host(const HostFacts& facts) {
  CheckReport report{.interface = facts.interface, .netns = facts.netns};
  const explain::Facts words = words_of(facts);
  const explain::Surroundings around = around_of(facts);
  for (const auto rules : {host_rules(), route_rules(), outer_rules(), file_rules()})
    add_findings(rules, facts, words, around, report.findings);
  for (const auto rows : {route_fine(), outer_fine()}) add_fine(rows, facts, words, report.fine);
  report.findings.insert(report.findings.end(), facts.of_configuration.begin(),
                         facts.of_configuration.end());
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return report;
}

Severity worst(const CheckReport& report) {
  auto all = kInfo;
  for (const Finding& finding : report.findings) all = std::max(all, finding.severity);
  return all;
}

}  // namespace wgt::health
