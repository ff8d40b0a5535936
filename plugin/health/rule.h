// SPDX-License-Identifier: GPL-2.0-only
// A rule: one thing that can be wrong, and what to say about it. Rules are rows of the tables in
// *_rules.cpp; nothing but their order connects them.
#pragma once

#include <optional>
#include <span>

#include "plugin/explain/harm.h"
#include "plugin/health/report.h"

namespace wgt::health {

inline constexpr auto kError = Severity::kError;
inline constexpr auto kWarning = Severity::kWarning;
inline constexpr auto kInfo = Severity::kInfo;

// Counts as evidence.
inline std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// Evidence when the rule holds. Never guesses: a fact that is missing is nullopt.
using PeerTest = std::optional<Evidence> (*)(const PeerFacts&, const InterfaceFacts&);
using InterfaceTest = std::optional<Evidence> (*)(const InterfaceFacts&);

// message, advice, command: text_template.h, filled with the evidence and with
//   {dev} {iface} {peer} {key} {endpoint} {endpoint_address} {endpoint_port} {own_key}
//   {at_least}: "at least ", when there were more unknown senders than are kept
// The first of several rows with one id whose words can be filled applies.
template <class Test>
struct Rule {
  const char* id;
  Severity severity;
  Test holds;
  const char* message;
  const char* advice;   // null: none
  const char* command;  // null: none
  RunIn run_in = RunIn::kInterface;
};
using PeerRule = Rule<PeerTest>;
using InterfaceRule = Rule<InterfaceTest>;

std::span<const PeerRule> handshake_rules();
std::span<const PeerRule> session_rules();
std::span<const InterfaceRule> interface_rules();

// What a command of advice would meet (plugin/explain/harm.h).
explain::Surroundings surroundings(const InterfaceFacts& facts);
// Takes advice away that would do harm.
void withhold_harm(Finding& finding, const explain::Surroundings& around);

// Findings about packets that were dropped, from the same counters as `show`.
std::vector<Finding> drop_findings(const std::vector<explain::DropRow>& drops, const wg::Peer* peer,
                                   const InterfaceFacts& facts,
                                   const explain::Surroundings& around);

// Everything that holds of a peer, before the order of evidence (evidence.h) is asked.
std::vector<Finding> candidates(const PeerFacts& peer, const InterfaceFacts& facts,
                                const explain::Surroundings& around);

}  // namespace wgt::health
