// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/why_answers.h"

#include <algorithm>
#include <cstring>

#include "plugin/explain/rejection.h"
#include "wgtools/base/shell.h"

namespace wgt::health {
namespace {

constexpr const char* kSaidExact = "exact";
constexpr const char* kSaidInferred = "inferred";
constexpr const char* kSaidUnknown = "unknown";

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string through(const WhyFacts& facts) {
  std::string text = facts.interface;
  if (facts.peer) text += ", peer " + wg::short_form(facts.peer->public_key);
  return text;
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

// What ICMP says, in words behind "A answered that".
struct RejectionWords {
  const char* name;
  const char* words;
};
constexpr RejectionWords kRejectionWords[] = {
    {"net_unreachable", "it has no route there"},
    {"net_unknown", "it has no route there"},
    {"no_route", "it has no route there"},
    {"host_unreachable", "that host does not answer it"},
    {"host_unknown", "that host does not answer it"},
    {"address_unreachable", "that host does not answer it"},
    {"port_unreachable", "nothing takes that there, or a firewall refuses it"},
    {"protocol_unreachable", "nothing takes that protocol there"},
    {"net_prohibited", "its rules forbid it: a firewall"},
    {"host_prohibited", "its rules forbid it: a firewall"},
    {"admin_prohibited", "its rules forbid it: a firewall"},
    {"source_policy", "its rules forbid the source"},
    {"reject_route", "its route there refuses all"},
    {"ttl_exceeded", "it has passed too many routers: a loop"},
    {"reassembly_timeout", "not all of its fragments came"},
    {"fragmentation_needed", "it is too big for the next link"},
    {"packet_too_big", "it is too big for the next link"},
};

std::string rejection_words(const ProbeRejection& rejection) {
  const std::string name = explain::rejection_name(rejection.what);
  const auto* const row = std::ranges::find(kRejectionWords, name, &RejectionWords::name);
  std::string text = row != std::end(kRejectionWords) ? row->words : "it takes it not: " + name;
  if (rejection.mtu != 0) text += ", which takes " + std::to_string(rejection.mtu) + " bytes";
  return text;
}

std::uint32_t headers(const WhyFacts& facts) {
  return (facts.destination.version == 4 ? 20U : 40U) + 8U;
}

std::uint32_t mtu_of(const WhyFacts& facts) {
  return facts.way.route.mtu != 0 ? facts.way.route.mtu : facts.way.interface_mtu;
}

}  // namespace

std::uint32_t largest_size(const WhyFacts& facts) {
  return mtu_of(facts) - std::min(mtu_of(facts), headers(facts));
}

Answer say_not_routed(const WhyFacts& facts) {
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

Answer say_other_end_unknown(const WhyFacts& facts, std::size_t left) {
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
  answer.advice = "Ask with both ends. On the other host, whose interface may have another name:";
  answer.command = shell_command("wg-trace listen {}", {facts.interface});
  answer.then = why_command(facts, host);
  return answer;
}

Answer say_unanswered(const WhyFacts& facts) {
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

Answer say_answered(const WhyFacts& facts, std::size_t answers) {
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
    if (facts.dont_fragment)
      answer.message +=
          " of " + std::to_string(facts.size + headers(facts)) + " bytes, not fragmented";
  }
  return answer;
}

Answer say_loss(const WhyFacts& facts, std::size_t answers) {
  Answer answer = say_answered(facts, answers);
  answer.outcome = Outcome::kDoubtful;
  answer.id = "why.loss";
  return answer;
}

Answer say_not_seen(const WhyFacts& facts, std::size_t left) {
  Answer answer;
  answer.id = left == 0 && !facts.records_lost ? "why.waiting" : "why.not_seen";
  answer.certainty = kSaidUnknown;
  answer.step = left == 0 ? "handshake" : "";
  answer.message =
      left == 0 ? "The probe waits in " + through(facts) + " for a session, and there is none yet"
                : "What became of the probes was not seen" +
                      std::string(facts.records_lost ? ": records were lost" : "");
  answer.advice = "Ask again; see what the handshakes do meanwhile";
  answer.command = shell_command("wg-trace health {}", {facts.interface});
  return answer;
}

Answer say_rejected(const WhyFacts& facts, const ProbeRejection& rejection) {
  Answer answer;
  answer.outcome = Outcome::kFault;
  answer.id = "why.rejected";
  answer.step = "answer";
  answer.certainty = kSaidExact;
  const std::string by = to_string(rejection.by);
  const bool left = std::ranges::any_of(
      facts.probes, [](const Probe& probe) { return probe.there && probe.there->outer; });
  answer.message = (left ? "The tunnel took the probe, and " : "") + by + " answered that " +
                   rejection_words(rejection) + " (ICMP " +
                   explain::rejection_name(rejection.what) + ")";
  answer.advice = "Look at the firewall rules and routes of " + by + ", which sent that";
  return answer;
}

Answer say_too_big(const WhyFacts& facts) {
  Answer answer;
  answer.outcome = Outcome::kFault;
  answer.id = "why.too_big";
  answer.step = "route";
  answer.certainty = kSaidExact;
  answer.message = "A probe of " + std::to_string(facts.size + headers(facts)) +
                   " bytes does not fit: " + facts.interface + " takes packets of up to " +
                   std::to_string(mtu_of(facts)) + " bytes there, and it may not be fragmented";
  answer.advice = "The largest --size that fits is " + std::to_string(largest_size(facts));
  return answer;
}

Answer say_not_sent(const WhyFacts& facts, const std::string& error) {
  Answer answer;
  answer.outcome = Outcome::kFault;
  answer.id = "why.not_sent";
  answer.step = "route";
  answer.certainty = kSaidExact;
  // wg_xmit() says so of what is neither IPv4 nor IPv6: it has no inner packet to be known by.
  if (error == "EPROTONOSUPPORT") {
    answer.id = event::verdict_id(event::VerdictId::TX_BAD_PROTOCOL);
    answer.step = "wg_xmit";
    answer.certainty = kSaidInferred;
    answer.message = "What reached " + facts.interface +
                     " is neither IPv4 nor IPv6 any more: something on this host alters packets "
                     "on their way into it";
    answer.advice = "Look at its tc filters, and at BPF programs there";
    answer.command = shell_command("tc filter show dev {} egress", {facts.interface});
    return answer;
  }
  answer.message = "This host did not send the probe into " + facts.interface + ": " + error;
  answer.advice = "See what its firewall and its routes do to it";
  answer.command = shell_command("ip route get {}", {to_string(facts.destination)});
  return answer;
}

}  // namespace wgt::health
