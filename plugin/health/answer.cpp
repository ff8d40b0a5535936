// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/answer.h"

#include <algorithm>
#include <map>
#include <span>

#include "plugin/health/why_answers.h"

namespace wgt::health {
namespace {

using event::VerdictId;
using explain::PathView;

constexpr const char* kSaidExact = "exact";
constexpr const char* kSaidInferred = "inferred";

bool failed(const PathView& path) {
  return !event::is_success(path.verdict.id) && path.verdict.id != VerdictId::UNKNOWN &&
         !event::is_pending(path.verdict.id);
}

// It never left WireGuard, for want of a session: why there is none is the cause.
bool waited(const PathView& path) {
  return path.verdict.id == VerdictId::TX_STAGED_OVERFLOW ||
         path.verdict.id == VerdictId::TX_STAGED_PURGED;
}

std::string step_of(const Finding& finding) {
  if (finding.verdict)
    if (const auto stage = event::verdict_stage(*finding.verdict)) return event::stage_name(*stage);
  if (finding.id.starts_with("hs.") || finding.id.starts_with("session.")) return "handshake";
  if (finding.id.starts_with("config.") || finding.id.starts_with("host.") ||
      finding.id.starts_with("endpoint."))
    return "configuration";
  if (finding.id.starts_with("path.")) return "network";
  return "";
}

Answer from_finding(const Finding& finding) {
  Answer answer;
  answer.outcome = finding.severity == Severity::kError ? Outcome::kFault : Outcome::kDoubtful;
  answer.id = finding.id;
  answer.step = step_of(finding);
  answer.certainty = kSaidInferred;
  answer.message = finding.message;
  answer.advice = finding.advice;
  answer.command = finding.command;
  return answer;
}

Answer from_path(const PathView& path, bool back) {
  const explain::Verdict& verdict = path.verdict;
  Answer answer;
  answer.outcome = Outcome::kFault;
  answer.id = event::verdict_id(verdict.id);
  answer.step = verdict.stage ? event::stage_name(*verdict.stage) : "";
  answer.certainty = explain::certainty_name(verdict.certainty);
  const auto& side = verdict.side == event::VerdictSide::kRx ? path.rx : path.tx;
  if (side) answer.where = explain::side_label(*side);
  answer.message = (back ? "The probe arrived; its answer did not: " : "") + verdict.message;
  answer.command = verdict.command;
  answer.advice = verdict.advice;
  // There it ends with the host, which is `where`, and the command.
  if (answer.advice && answer.command && answer.advice->ends_with(*answer.command)) {
    answer.advice->resize(answer.advice->size() - answer.command->size());
    const std::size_t host = answer.advice->rfind(". On ");
    answer.advice->resize(host == std::string::npos ? 0 : host + 1);
    if (answer.advice->empty()) answer.advice.reset();
  }
  return answer;
}

// The first of the worst; information is no cause.
const Finding* worst_of(std::initializer_list<std::span<const Finding>> lists) {
  const Finding* worst = nullptr;
  for (const auto& list : lists)
    for (const Finding& finding : list)
      if (finding.severity != Severity::kInfo &&
          (worst == nullptr || finding.severity > worst->severity))
        worst = &finding;
  return worst;
}

// Of what was counted meanwhile, and of what is configured; but a mere warning about that is no
// cause of the end of packets that went out encrypted.
const Finding* cause_of(const WhyFacts& facts, bool left) {
  const Finding* seen = worst_of({facts.of_peer, facts.of_interface});
  const Finding* configured = worst_of({facts.check});
  if (configured == nullptr || (left && configured->severity != Severity::kError)) return seen;
  return seen == nullptr || configured->severity > seen->severity ? configured : seen;
}

// Of a packet that had no peer yet `check` knows more.
Answer completed(Answer answer, const WhyFacts& facts) {
  const auto same = std::ranges::find(facts.check, answer.id, &Finding::id);
  if (answer.advice || same == facts.check.end()) return answer;
  answer.message = same->message;
  answer.advice = same->advice;
  answer.command = same->command;
  return answer;
}

// Of the ways that probes died in, the most frequent.
const PathView* common_failure(const WhyFacts& facts, std::optional<PathView> Probe::*which) {
  std::map<VerdictId, std::size_t> counts;
  const PathView* found = nullptr;
  for (const Probe& probe : facts.probes) {
    const auto& path = probe.*which;
    if (path && !probe.answer_ns && failed(*path)) counts[path->verdict.id]++;
  }
  for (const Probe& probe : facts.probes) {
    const auto& path = probe.*which;
    if (!path || probe.answer_ns || !failed(*path)) continue;
    if (found == nullptr || counts[path->verdict.id] > counts[found->verdict.id]) found = &*path;
  }
  return found;
}

const ProbeRejection* rejection_of(const WhyFacts& facts) {
  for (const Probe& probe : facts.probes)
    if (probe.rejected && !probe.answer_ns) return &*probe.rejected;
  return nullptr;
}

// Why none was, if none was seen in a tunnel either.
std::optional<std::string> not_sent(const WhyFacts& facts) {
  const auto stayed = [](const Probe& probe) { return probe.error && !probe.there; };
  if (facts.probes.empty() || facts.records_lost || !std::ranges::all_of(facts.probes, stayed))
    return std::nullopt;
  return facts.probes.front().error;
}

Answer not_routed(const WhyFacts& facts) {
  const Finding* finding = worst_of({facts.check});
  if (finding == nullptr) return say_not_routed(facts);
  Answer answer = from_finding(*finding);
  answer.step = "route";
  answer.certainty = kSaidExact;
  return answer;
}

}  // namespace

const char* outcome_name(Outcome outcome) {
  constexpr const char* kNames[] = {"fine", "warning", "fault", "unknown"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string destination_words(const WhyFacts& facts) {
  std::string address = to_string(facts.destination);
  if (!facts.port) return address;
  return (facts.destination.version == 6 ? "[" + address + "]" : address) + " port " +
         std::to_string(*facts.port);
}

Answer answer(const WhyFacts& facts) {
  if (facts.interface.empty()) return not_routed(facts);
  const auto answers = static_cast<std::size_t>(std::ranges::count_if(
      facts.probes, [](const Probe& probe) { return probe.answer_ns.has_value(); }));
  if (answers != 0 && answers == facts.probes.size()) return say_answered(facts, answers);

  const auto left = static_cast<std::size_t>(std::ranges::count_if(
      facts.probes, [](const Probe& probe) { return probe.there && probe.there->outer; }));
  // What was seen of the probes goes before what is concluded from counts.
  const PathView* there = common_failure(facts, &Probe::there);
  const Finding* finding = cause_of(facts, left != 0);
  if (there != nullptr && !(waited(*there) && finding != nullptr))
    return completed(from_path(*there, false), facts);
  if (const PathView* back = common_failure(facts, &Probe::back)) return from_path(*back, true);
  if (const ProbeRejection* rejection = rejection_of(facts)) return say_rejected(facts, *rejection);
  if (answers != 0) return say_loss(facts, answers);
  if (const auto error = not_sent(facts)) {
    if (*error == "EMSGSIZE") return say_too_big(facts);
    return finding != nullptr ? from_finding(*finding) : say_not_sent(facts, *error);
  }
  const bool arrived = std::ranges::all_of(facts.probes, [](const Probe& probe) {
    return probe.there && event::is_success(probe.there->verdict.id);
  });
  if (left != 0 && arrived && !facts.probes.empty()) return say_unanswered(facts);
  if (finding != nullptr) return from_finding(*finding);
  if (left != 0 && !facts.other_end_watched) return say_other_end_unknown(facts, left);
  return say_not_seen(facts, left);
}

}  // namespace wgt::health
