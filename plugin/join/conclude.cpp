// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/conclude.h"

#include "plugin/event/hops.h"
#include "plugin/join/host_clocks.h"

namespace wgt::join {
namespace {

struct Verdict {
  event::VerdictId id;
  Basis basis;
};

Verdict said_by(const Observed& observed) {
  const bool inferred = (observed.record.flags & WGT_F_INFERRED) != 0;
  return {static_cast<event::VerdictId>(observed.record.verdict),
          inferred ? Basis::kOnlyExplanation : Basis::kObserved};
}

Verdict verdict_of(const PathRecords& path, const Knowledge& knowledge) {
  if (path.tx != nullptr && event::verdict_of(path.tx->record) != event::VerdictId::UNKNOWN)
    return said_by(*path.tx);
  const bool in_part = path.drop != nullptr && is_first_fragment(path.drop->record);
  if (path.drop != nullptr && !in_part) return said_by(*path.drop);
  if (path.tx == nullptr && in_part) {
    const Basis basis = knowledge.absent_rest(*path.drop);
    return {basis == Basis::kOnlyExplanation ? event::VerdictId::NETWORK_LOST
                                             : event::VerdictId::UNKNOWN,
            basis};
  }
  if (path.rx != nullptr) {
    // No verdict: watching ended while WireGuard still had the packet.
    if (event::verdict_of(path.rx->record) == event::VerdictId::UNKNOWN)
      return {event::VerdictId::UNKNOWN, Basis::kStillOpen};
    return said_by(*path.rx);
  }
  // Watching ended while it waited to be encrypted.
  if (!left_host(path.tx->record)) return {event::VerdictId::UNKNOWN, Basis::kStillOpen};
  const Basis basis = knowledge.absent_rx(*path.tx);
  return {
      basis == Basis::kOnlyExplanation ? event::VerdictId::NETWORK_LOST : event::VerdictId::UNKNOWN,
      basis};
}

std::uint64_t last_sent_hop_ns(const wgt_record& tx) {
  return tx.hop_ns[WGT_HOP_OUTER_OUT] != 0 ? tx.hop_ns[WGT_HOP_OUTER_OUT] : left_after_ns(tx);
}

std::optional<NetworkTime> network_time(const Observed& tx, const Observed& rx,
                                        const Knowledge& knowledge) {
  const std::uint64_t sent = last_sent_hop_ns(tx.record);
  const std::uint64_t seen = event::first_hop_ns(rx.record);
  if (sent == 0 || seen == 0) return std::nullopt;
  const auto offset = knowledge.offset(tx.host, rx.host, sent);
  if (!offset) return std::nullopt;
  return NetworkTime{signed_ns(seen) - signed_ns(sent) - offset->ns, offset->error_ns};
}

std::optional<Observed> copy_of(const Observed* observed) {
  return observed != nullptr ? std::optional(*observed) : std::nullopt;
}

}  // namespace

JoinedPath conclude(const PathRecords& records, const Knowledge& knowledge) {
  JoinedPath path;
  path.tx = copy_of(records.tx);
  path.rx = copy_of(records.rx);
  path.drop = copy_of(records.drop);
  if (records.tx != nullptr && records.rx != nullptr)
    path.network = network_time(*records.tx, *records.rx, knowledge);
  const Verdict verdict = verdict_of(records, knowledge);
  path.verdict = verdict.id;
  path.basis = verdict.basis;
  return path;
}

}  // namespace wgt::join
