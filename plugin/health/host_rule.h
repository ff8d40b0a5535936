// SPDX-License-Identifier: GPL-2.0-only
// A rule of `check`: one thing that can be wrong around an interface. Rows of the tables in
// host_rules.cpp, route_rules.cpp, outer_rules.cpp and file_rules.cpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plugin/explain/text_template.h"
#include "plugin/health/host_facts.h"
#include "plugin/health/rule.h"

namespace wgt::health {

// One case where the rule holds; `words` are for the row alone and win over the evidence.
struct HostMatch {
  Evidence evidence = {};
  explain::Facts words = {};
};
using HostMatches = std::vector<HostMatch>;
using HostTest = HostMatches (*)(const HostFacts&);

// message, advice, command: text_template.h, filled with the evidence, the match's words, and
//   {iface} {dev} {listen_port} {fwmark} {vrf}
//   {here} (empty) or {netns}                  where the interface is
// Of rows in a row with one test, the first that can be filled has the match.
struct HostRule {
  const char* id;
  Severity severity;
  HostTest holds;
  const char* message;
  const char* advice;   // null: none
  const char* command;  // null: none
  RunIn run_in = RunIn::kInterface;
};

// What was looked at and is as it should be.
using FineTest = std::vector<explain::Facts> (*)(const HostFacts&);
struct FineRow {
  FineTest holds;
  const char* message;
};

std::span<const HostRule> host_rules();   // the interface, settings
std::span<const HostRule> route_rules();  // into the tunnel
std::span<const HostRule> outer_rules();  // of the encrypted packets
std::span<const HostRule> file_rules();
std::span<const FineRow> route_fine();
std::span<const FineRow> outer_fine();

// Words for a peer: {peer} in short, {key}.
explain::Facts peer_words(const wg::PublicKey& peer);

// "IPv6 is off": this kernel runs without the protocol, which has a rule of its own.
bool without_protocol(const wg::Way& way);

}  // namespace wgt::health
