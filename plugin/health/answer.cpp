// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/answer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <span>

#include "wgtools/base/error.h"
#include "wgtools/base/shell.h"

namespace wgt::health {
namespace {

using event::VerdictId;
using explain::PathView;

constexpr const char* kSaidExact = "exact";
constexpr const char* kSaidInferred = "inferred";
constexpr const char* kSaidUnknown = "unknown";

bool failed(const PathView& path) {
  return !event::is_success(path.verdict.id) && path.verdict.id != VerdictId::UNKNOWN &&
         !event::is_pending(path.verdict.id);
}

// It never left WireGuard, for want of a session: why there is none is the cause.
bool waited(const PathView& path) {
  return path.verdict.id == VerdictId::TX_STAGED_OVERFLOW ||
         path.verdict.id == VerdictId::TX_STAGED_PURGED;
}

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string through(const WhyFacts& facts) {
  std::string text = facts.interface;
  if (facts.peer) text += ", peer " + wg::short_form(facts.peer->public_key);
  return text;
}

std::string step_of(const Finding& finding) {
  if (finding.verdict)
    if (const auto stage = event::verdict_stage(*finding.verdict)) return event::stage_name(*stage);
  if (finding.id.starts_with("hs.") || finding.id.starts_with("session.")) return "handshake";
  if (finding.id.starts_with("config.") || finding.id.starts_with("host.") ||
      finding.id.starts_with("endpoint."))
    return "configuration";
  return "";
}

Answer from_finding(const Finding& finding) {
  Answer answer;
  answer.outcome = finding.severity == Severity::kError ? Outcome::kFault : Outcome::kWarning;
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

std::string why_command(const WhyFacts& facts, const std::string& host) {
  const std::string to = to_string(facts.destination);
  const std::string port = facts.port ? " " + std::to_string(*facts.port) : "";
  const auto command =
      facts.netns
          ? shell_command("wg-trace -n {} why {}" + port + " --pair {}", {*facts.netns, to, host})
          : shell_command("wg-trace why {}" + port + " --pair {}", {to, host});
  return command.value_or("wg-trace why DESTINATION --pair HOST");
}

Answer not_routed(const WhyFacts& facts) {
  if (const Finding* finding = worst_of({facts.check})) {
    Answer answer = from_finding(*finding);
    answer.step = "route";
    answer.certainty = kSaidExact;
    return answer;
  }
  Answer answer;
  answer.id = "why.not_routed";
  answer.step = "route";
  answer.certainty = kSaidExact;
  const wg::Route& route = facts.way.route;
  const std::string to = to_string(facts.destination);
  if (route.error != 0) {
    answer.outcome = Outcome::kFault;
    answer.message = "This host has no way to " + to + " (" +
                     std::strerror(route.error) +  // NOLINT
                     "), and no tunnel's AllowedIPs have it";
  } else if (route.local) {
    answer.message = to + " is this host's own address: packets for it go into no tunnel";
  } else {
    answer.message = "Nothing routes " + to + " into a tunnel: packets for it leave by " +
                     facts.way.interface +
                     (route.gateway ? " over " + to_string(*route.gateway) : "") +
                     ", and no tunnel's AllowedIPs have it";
  }
  answer.command = shell_command("ip route get {}", {to});
  return answer;
}

// Left, or seemed to, and nothing more is known from here.
Answer other_end_unknown(const WhyFacts& facts, std::size_t left) {
  Answer answer;
  answer.outcome = Outcome::kCannotTell;
  answer.id = "why.other_end_unwatched";
  answer.step = "outer_out";
  answer.certainty = kSaidUnknown;
  answer.message = counted(left, "probe") + " left this host encrypted through " + through(facts) +
                   ", and no answer came; what became of them cannot be told from this end";
  answer.not_known = {
      "whether they reached the other host, or died on the way to it",
      "whether WireGuard took them there: its session, its AllowedIPs for this host",
      "whether that host let them through, and " + to_string(facts.destination) + " answered",
      "whether the answer died on its way back, and how long each way takes"};
  const std::string host =
      facts.peer && facts.peer->endpoint ? to_string(facts.peer->endpoint->address) : "HOST";
  answer.advice =
      "Run the command on the other host (the interface may have another name there), "
      "and then here: " +
      why_command(facts, host);
  answer.command = shell_command("wg-trace listen {}", {facts.interface});
  return answer;
}

Answer unanswered(const WhyFacts& facts) {
  Answer answer;
  answer.outcome = Outcome::kFault;
  answer.id = "why.no_answer";
  answer.step = "answer";
  answer.certainty = kSaidInferred;
  const auto& last = facts.probes.back().there;
  if (last && last->rx) answer.where = explain::side_label(*last->rx);
  answer.message = "Every probe came out of the tunnel on " +
                   (answer.where.empty() ? "the other host" : answer.where) +
                   " and was taken by its stack, but " + to_string(facts.destination) +
                   " sent no answer into the tunnel";
  answer.advice =
      "Look there whether it answers at all, whether a host behind it does, and by which way its "
      "answers leave";
  const auto& from = last ? last->inner : std::nullopt;
  if (from) answer.command = shell_command("ip route get {}", {to_string(from->src)});
  return answer;
}

Answer answered(const WhyFacts& facts, std::size_t answers) {
  const bool refused = std::ranges::any_of(facts.probes, &Probe::refused);
  Answer answer;
  answer.step = "";
  answer.certainty = kSaidExact;
  if (refused) {
    answer.outcome = Outcome::kFault;
    answer.id = "why.port_closed";
    answer.step = "answer";
    answer.message = "The tunnel is well: " + to_string(facts.destination) +
                     " answers, but refuses connections to port " + std::to_string(*facts.port);
    answer.advice = "See there what listens on that port, and on which addresses";
    answer.command = "ss -ltn 'sport = :" + std::to_string(*facts.port) + "'";
  } else {
    answer.outcome = Outcome::kFine;
    answer.id = "why.answered";
    answer.message = destination_words(facts) + " answers through " + through(facts) + ": " +
                     std::to_string(answers) + " of " + counted(facts.probes.size(), "probe");
  }
  return answer;
}

}  // namespace

const char* outcome_name(Outcome outcome) {
  constexpr const char* kNames[] = {"fine", "warning", "fault", "unknown"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string destination_words(const WhyFacts& facts) {
  const std::string address = to_string(facts.destination);
  if (!facts.port) return address;
  return (facts.destination.version == 6 ? "[" + address + "]" : address) + " port " +
         std::to_string(*facts.port);
}

Answer answer(const WhyFacts& facts) {
  if (facts.interface.empty()) return not_routed(facts);
  const auto answers = static_cast<std::size_t>(std::ranges::count_if(
      facts.probes, [](const Probe& probe) { return probe.answer_ns.has_value(); }));
  if (answers != 0 && answers == facts.probes.size()) return answered(facts, answers);

  // What was seen of the probes goes before what is concluded from counts.
  const PathView* there = common_failure(facts, &Probe::there);
  const Finding* finding = worst_of({facts.of_peer, facts.of_interface, facts.check});
  if (there != nullptr && !(waited(*there) && finding != nullptr)) return from_path(*there, false);
  if (const PathView* back = common_failure(facts, &Probe::back)) return from_path(*back, true);
  if (answers != 0) {
    Answer some = answered(facts, answers);
    some.outcome = Outcome::kWarning;
    some.id = "why.loss";
    return some;
  }
  const auto left = static_cast<std::size_t>(std::ranges::count_if(
      facts.probes, [](const Probe& probe) { return probe.there && probe.there->outer; }));
  const bool arrived = std::ranges::all_of(facts.probes, [](const Probe& probe) {
    return probe.there && event::is_success(probe.there->verdict.id);
  });
  if (left != 0 && arrived && !facts.probes.empty()) return unanswered(facts);
  if (finding != nullptr) return from_finding(*finding);
  if (left != 0 && !facts.other_end_watched) return other_end_unknown(facts, left);

  Answer open;
  open.id = left == 0 && !facts.records_lost ? "why.waiting" : "why.not_seen";
  open.certainty = kSaidUnknown;
  open.step = left == 0 ? "handshake" : "";
  open.message =
      left == 0 ? "The probe waits in " + through(facts) + " for a session, and there is none yet"
                : "What became of the probes was not seen" +
                      std::string(facts.records_lost ? ": records were lost" : "");
  open.advice = "Ask again; see what the handshakes do meanwhile";
  open.command = shell_command("wg-trace health {}", {facts.interface});
  return open;
}

}  // namespace wgt::health
