// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/conclude.h"

#include "plugin/join/host_clocks.h"

namespace wgt::join {
namespace {

struct Verdict {
  event::VerdictId id;
  Basis basis;
};

Verdict said_by_drop(const event::Event& drop) {
  const auto* by_stack = std::get_if<event::StackDrop>(&drop);
  const bool inferred = by_stack != nullptr && by_stack->inferred;
  return {event::verdict_of(drop), inferred ? Basis::kOnlyExplanation : Basis::kObserved};
}

Verdict lost_if_only_explanation(Basis basis) {
  return {
      basis == Basis::kOnlyExplanation ? event::VerdictId::NETWORK_LOST : event::VerdictId::UNKNOWN,
      basis};
}

Verdict said_by_receiver(const event::Received& rx) {
  // No verdict: watching ended while WireGuard still had the packet.
  if (rx.verdict == event::VerdictId::UNKNOWN) return {rx.verdict, Basis::kStillOpen};
  return {rx.verdict, rx.inferred ? Basis::kOnlyExplanation : Basis::kObserved};
}

Verdict verdict_of(const PathRecords& path, const Knowledge& knowledge) {
  if (path.tx != nullptr && sent(*path.tx).verdict != event::VerdictId::UNKNOWN)
    return {sent(*path.tx).verdict, Basis::kObserved};
  const bool in_part = path.drop != nullptr && is_first_fragment(*path.drop);
  if (path.drop != nullptr && !in_part) return said_by_drop(path.drop->event);
  if (path.tx == nullptr && in_part)
    return lost_if_only_explanation(knowledge.absent_rest(*path.drop));
  if (path.rx != nullptr) return said_by_receiver(received(*path.rx));
  // Watching ended while it waited to be encrypted.
  if (path.tx == nullptr || !left_host(sent(*path.tx)))
    return {event::VerdictId::UNKNOWN, Basis::kStillOpen};
  return lost_if_only_explanation(knowledge.absent_rx(*path.tx));
}

std::uint64_t last_sent_hop_ns(const event::Sent& tx) {
  const std::uint64_t left = tx.hop_ns[event::Sent::kOuterOut];
  return left != 0 ? left : left_after_ns(tx);
}

std::optional<NetworkTime> network_time(const Seen<event::Sent>& tx,
                                        const Seen<event::Received>& rx,
                                        const Knowledge& knowledge) {
  const std::uint64_t left = last_sent_hop_ns(tx.event);
  const std::uint64_t seen = event::first_hop_ns(rx.event);
  if (left == 0 || seen == 0) return std::nullopt;
  const auto offset = knowledge.offset(tx.host, rx.host, left);
  if (!offset) return std::nullopt;
  return NetworkTime{signed_ns(seen) - signed_ns(left) - offset->ns, offset->error_ns};
}

}  // namespace

JoinedPath conclude(const PathRecords& records, const Knowledge& knowledge) {
  JoinedPath path;
  if (records.tx != nullptr) path.tx = {records.tx->host, sent(*records.tx)};
  if (records.rx != nullptr) path.rx = {records.rx->host, received(*records.rx)};
  if (records.drop != nullptr) path.drop = *records.drop;
  if (records.tx != nullptr && records.rx != nullptr)
    path.network = network_time(*path.tx, *path.rx, knowledge);
  const Verdict verdict = verdict_of(records, knowledge);
  path.verdict = verdict.id;
  path.basis = verdict.basis;
  return path;
}

void conclude_pair(JoinedPath& path, const Knowledge& knowledge) {
  path.network = network_time(*path.tx, *path.rx, knowledge);
  const Verdict verdict = said_by_receiver(path.rx->event);
  path.verdict = verdict.id;
  path.basis = verdict.basis;
}

}  // namespace wgt::join
