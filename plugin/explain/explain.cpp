// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/explain.h"

#include <string.h>  // strerrorname_np, which <cstring> does not promise

#include <boost/algorithm/string/split.hpp>

#include "plugin/explain/drop_reason.h"
#include "plugin/explain/facts.h"
#include "plugin/explain/messages.h"
#include "plugin/explain/reason_name.h"
#include "plugin/explain/rejection.h"
#include "wgtools/base/shell.h"

namespace wgt::explain {
namespace {

using join::Basis;

// The event that says how it ended, and on which host.
struct Witness {
  join::HostId host;
  const event::Sent* tx = nullptr;  // one of the three
  const event::Received* rx = nullptr;
  const event::Event* drop = nullptr;
};

std::optional<Witness> witness(const join::JoinedPath& joined) {
  if (joined.drop) return Witness{.host = joined.drop->host, .drop = &joined.drop->event};
  const bool by_sender = event::verdict_side(joined.verdict) == VerdictSide::kTx;
  if (joined.rx && !(by_sender && joined.tx))
    return Witness{.host = joined.rx->host, .rx = &joined.rx->event};
  if (joined.tx) return Witness{.host = joined.tx->host, .tx = &joined.tx->event};
  return std::nullopt;
}

Certainty certainty_of(Basis basis) {
  switch (basis) {
    case Basis::kObserved:
      return Certainty::kExact;
    case Basis::kOnlyExplanation:
      return Certainty::kInferred;
    case Basis::kReceiverNotWatched:
    case Basis::kRecordsLost:
    case Basis::kStillOpen:
      return Certainty::kUnknown;
  }
  return Certainty::kUnknown;
}

// Why nothing better than unknown can be said; also the fact that its message goes by.
const char* basis_reason(Basis basis) {
  switch (basis) {
    case Basis::kReceiverNotWatched:
      return "not_watched";
    case Basis::kRecordsLost:
      return "records_lost";
    case Basis::kStillOpen:
      return "still_open";
    case Basis::kObserved:
    case Basis::kOnlyExplanation:
      break;
  }
  return nullptr;
}

std::string errno_name(int error) {
  const char* name = strerrorname_np(error);
  return name ? name : "errno " + std::to_string(error);
}

std::optional<std::string> reason_of(VerdictId verdict, const Witness& witness,
                                     const event::HostInfo& host) {
  if (witness.tx) {
    if (auto name = reason_name(verdict, witness.tx->cause, host.drop_reasons)) return name;
    if (witness.tx->error < 0) return errno_name(-witness.tx->error);
    return std::nullopt;
  }
  if (witness.rx) {
    if (verdict == VerdictId::RX_REPLAY) return witness.rx->too_old ? "too_old" : "duplicate";
    return reason_name(verdict, witness.rx->cause, host.drop_reasons);
  }
  if (const auto* rejection = std::get_if<event::Rejection>(witness.drop))
    return rejection_name(rejection->what);
  if (const auto* drop = std::get_if<event::StackDrop>(witness.drop))
    return reason_name(verdict, drop->reason, host.drop_reasons);
  return event::cause_name(event::Cause::FRAGMENT_MISSING);
}

const event::StackDrop* stack_drop(const Witness& witness) {
  return witness.drop ? std::get_if<event::StackDrop>(witness.drop) : nullptr;
}

std::optional<std::string> function_of(const event::StackDrop& drop, const event::HostInfo& host) {
  const auto it = host.functions.find(drop.location);
  if (drop.location == 0 || it == host.functions.end()) return std::nullopt;
  return std::string(plain_function(it->second));
}

std::vector<std::string> stack_of(const event::StackDrop& drop, const event::HostInfo& host) {
  std::vector<std::string> functions;
  const auto found = host.stacks.find(drop.stack);
  if (drop.stack == 0 || found == host.stacks.end()) return functions;
  boost::algorithm::split(functions, found->second, [](char c) { return c == ' '; });
  for (std::string& function : functions) function = plain_function(function);
  return functions;
}

// Whether nothing but a port says that it is a packet of the interface's.
bool is_by_port(const Witness& witness) {
  const event::StackDrop* drop = stack_drop(witness);
  return drop ? drop->port_match : witness.drop != nullptr;
}

// The step that a path without a verdict of its own was last seen at.
std::optional<Stage> last_stage(const PathView& path) {
  for (const auto* side : {&path.rx, &path.tx})
    if (*side && !(*side)->hops.empty()) return (*side)->hops.back().stage;
  return std::nullopt;
}

void put_advice(Verdict& verdict, const Advice& advice, const Side* side) {
  verdict.advice = advice.text;
  if (!advice.command || !side) return;
  verdict.command = side->netns ? in_netns(*advice.command, *side->netns) : advice.command;
  if (!verdict.command) return;
  *verdict.advice += (side->host.empty() ? " Run: " : " On " + side->host + ": ");
  *verdict.advice += *verdict.command;
}

// Of the host where advice is to be followed: where the encrypted packet left or arrived.
std::vector<IpAddress> own_addresses(const PathView& path, VerdictId verdict) {
  const Side* side = side_of(path, verdict);
  if (side == nullptr) return {};
  if (path.rx && side == &*path.rx && path.rx->outer) return {path.rx->outer->dst};
  if (path.tx && side == &*path.tx && path.outer) return {path.outer->src};
  return {};
}

}  // namespace

Verdict explain(const join::JoinedPath& joined, const PathView& path,
                std::span<const event::HostInfo> hosts, const wg::Device* device) {
  const auto last = witness(joined);
  Verdict verdict;
  verdict.id = joined.verdict;
  verdict.side = event::verdict_side(verdict.id);
  verdict.stage =
      verdict.id == VerdictId::UNKNOWN ? last_stage(path) : event::verdict_stage(verdict.id);
  verdict.certainty = certainty_of(joined.basis);
  if (const char* reason = basis_reason(joined.basis)) {
    verdict.reason = reason;
  } else if (last) {
    const event::HostInfo& host = hosts[last->host];
    verdict.reason = reason_of(verdict.id, *last, host);
    if (const event::StackDrop* drop = stack_drop(*last)) {
      verdict.function = function_of(*drop, host);
      verdict.stack = stack_of(*drop, host);
    }
  }

  Facts facts = gather_facts(path, verdict.id, device);
  if (verdict.function) facts["function"] = *verdict.function;
  // The kernel side knows the port as of when the interface was last looked at.
  if (last && is_by_port(*last)) {
    if (!device) facts["port_was_own"] = "1";
    if (device && path.outer && device->listen_port == path.outer->dst_port)
      facts["port_is_own"] = "1";
  }
  const Surroundings around{.device = device, .own_addresses = own_addresses(path, verdict.id)};
  std::optional<Advice> advice;
  if (verdict.reason) {
    facts[*verdict.reason] = "1";
    if (last && last->drop)
      if (const auto* rejection = std::get_if<event::Rejection>(last->drop))
        add_rejection(facts, *rejection);
    DropReason drop =
        explain_drop(verdict.id, *verdict.reason, verdict.function.value_or(""), facts, around);
    facts["words"] = std::move(drop.words);
    advice = std::move(drop.advice);
  }
  if (const auto router = facts.find("router"); router != facts.end())
    *verdict.reason += " from " + router->second;
  verdict.message = message_for(verdict.id, facts);
  if (!advice && !event::is_success(verdict.id)) advice = advice_for(verdict.id, facts, around);
  if (advice) put_advice(verdict, *advice, side_of(path, verdict.id));
  return verdict;
}

}  // namespace wgt::explain
