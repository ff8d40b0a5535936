// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/live_knowledge.h"

#include <algorithm>

namespace wgt::join {

Basis PathJoin::LiveKnowledge::absent_rx(const Observed& tx) const {
  bool lost = may_have_lost(tx.host);
  Watch watch = Watch::kNo;
  if (const auto& peer = sent(tx).peer) {
    for (const HostId receiver : join_.hosts_.watching(*peer)) {
      const Watch here = watched_by(receiver, tx);
      if (here != Watch::kNo) lost = lost || may_have_lost(receiver);
      watch = std::max(watch, here);
    }
  }
  if (watch == Watch::kNo) return Basis::kReceiverNotWatched;
  const Basis basis = after_waiting(lost);
  if (basis == Basis::kOnlyExplanation && watch == Watch::kEndedTooEarly) return Basis::kStillOpen;
  return basis;
}

Basis PathJoin::LiveKnowledge::absent_rest(const Observed& fragment) const {
  return after_waiting(may_have_lost(fragment.host));
}

Basis PathJoin::LiveKnowledge::after_waiting(bool lost) const {
  if (moment_ == Moment::kPending) return Basis::kStillOpen;
  if (lost || moment_ == Moment::kEvicted) return Basis::kRecordsLost;
  return moment_ == Moment::kFinished ? Basis::kStillOpen : Basis::kOnlyExplanation;
}

PathJoin::LiveKnowledge::Watch PathJoin::LiveKnowledge::watched_by(HostId receiver,
                                                                   const Observed& tx) const {
  const event::HostInfo& info = join_.hosts_[receiver];
  if (!sees_all_of(info, join_.hosts_[tx.host])) return Watch::kNo;
  const std::int64_t hold = join_.options_.hold_ns;
  const TimeRange left =
      join_.clocks_.range_on(tx.host, receiver, event::last_hop_ns(sent(tx)), hold);
  if (left.earliest < signed_ns(info.watch_started_mono_ns)) return Watch::kNo;
  const bool ended = info.watch_ended_mono_ns != 0;
  if (ended && left.latest + hold > signed_ns(info.watch_ended_mono_ns))
    return Watch::kEndedTooEarly;
  return Watch::kYes;
}

bool PathJoin::saw_all(HostId there, HostId here, std::uint64_t from_ns,
                       std::uint64_t to_ns) const {
  const event::HostInfo& info = hosts_[there];
  const TimeRange from = clocks_.range_on(here, there, from_ns, options_.hold_ns);
  const TimeRange to = clocks_.range_on(here, there, to_ns, options_.hold_ns);
  const auto covers = [&](std::uint64_t until_ns) { return to.latest <= signed_ns(until_ns); };
  const auto& seen_until = seen_until_[there];
  return from.earliest >= signed_ns(info.watch_started_mono_ns) && losses_[there].total == 0 &&
         (info.watch_ended_mono_ns == 0 || covers(info.watch_ended_mono_ns)) &&
         (!seen_until || covers(*seen_until));
}

// A loss is noticed after it happened, and a record comes after its packet was sent: looking back
// by a whole hold covers both.
bool PathJoin::LiveKnowledge::may_have_lost(HostId host) const {
  const Losses& losses = join_.losses_[host];
  if (losses.rose) return true;
  const std::int64_t came_ns = group_.first_came_ns.value_or(join_.now_ns_);
  return losses.last_ns && *losses.last_ns >= came_ns - join_.options_.hold_ns;
}

}  // namespace wgt::join
