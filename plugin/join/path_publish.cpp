// SPDX-License-Identifier: GPL-2.0-only
// Of PathJoin: what it publishes, and what it remembers of that.
#include <algorithm>
#include <utility>

#include "plugin/join/conclude.h"
#include "plugin/join/live_knowledge.h"
#include "plugin/join/path_join.h"

namespace wgt::join {
namespace {

// Numbers can be guessed: junk that carries a packet's key, and comes before it, must not make the
// packet itself look like a late second half.
bool vouched_for(const JoinedPath& path) {
  if (path.tx) return true;
  if (path.rx) return rank(path.rx->event) == RxRank::kAuthenticated;
  return path.verdict != event::VerdictId::OUTER_IN &&
         path.verdict != event::VerdictId::NETWORK_REJECTED;
}

// How the path is to be kept: its verdict may follow from nothing more having been seen of it, or
// a drop may still end it.
Group::State kept_as(const JoinedPath& path) {
  if (path.verdict == event::VerdictId::DELIVERED) return Group::State::kArrived;
  const bool missing = path.tx && !path.rx &&
                       (path.verdict == event::VerdictId::NETWORK_LOST ||
                        path.verdict == event::VerdictId::UNKNOWN || path.ended_in_carrier);
  return missing ? Group::State::kMissing : Group::State::kTold;
}

}  // namespace

void PathJoin::publish(GroupId id, Moment moment) {
  if (groups_[id].carries) forget_carrier(id);
  if (!publish_pair(id, moment)) publish_any(id, moment);
}

void PathJoin::tell(JoinedPath& path, Moment moment) {
  find_carrier(path, moment);
  path.amends = waiting_paths_.take(path);
  ++(path.amends ? stats_.amended : stats_.paths);
  path.shown = sink_(path);
  waiting_paths_.remember(path);
  published_carrier(path);
}

bool PathJoin::publish_pair(GroupId id, Moment moment) {
  Group& group = groups_[id];
  if (!group.is_pair) return false;
  const Packed* tx = group.records;
  const Packed* rx = tx->next;
  if (tx->kind != Packed::Kind::kSent) std::swap(tx, rx);
  if (passes_over(*rx)) {
    ++stats_.paths;
    ++stats_.passed_over;
    return remember_pair(id, tx->ends, {event::VerdictId::DELIVERED, Basis::kObserved, false});
  }
  JoinedPath path;
  groups_.store().unpack(*tx, &group.key, path.tx.emplace());
  groups_.store().unpack(*rx, &group.key, tx, path.rx.emplace());
  conclude_pair(path, LiveKnowledge(*this, &group, moment));
  tell(path, moment);
  return remember_pair(id, tx->ends, {path.verdict, path.basis, path.shown});
}

bool PathJoin::passes_over(const Packed& rx) const {
  return options_.pass_over_delivered && waiting_paths_.empty() &&
         PackedStore::verdict(rx) == event::VerdictId::DELIVERED;
}

bool PathJoin::remember_pair(GroupId id, std::uint32_t sender, const Ending& told) {
  Group& group = groups_[id];
  if (group.older != kNoGroup) {
    groups_.free(id);
    return true;
  }
  group.vouched = true;
  group.tx_missing = group.rx_missing = false;
  group.receiver = sender;
  group.verdict = told.verdict;
  group.basis = told.basis;
  group.shown = told.shown;
  keep(id,
       told.verdict == event::VerdictId::DELIVERED ? Group::State::kArrived : Group::State::kTold);
  return true;
}

void PathJoin::publish_any(GroupId id, Moment moment) {
  const Group group = groups_[id];
  const std::vector<Observed> records = groups_.unpack(id);
  const LiveKnowledge knowledge(*this, &group, moment);
  std::vector<PathRecords> paths = assigned(records, knowledge);
  std::stable_sort(paths.begin(), paths.end(), [&](const PathRecords& a, const PathRecords& b) {
    return clocks_.common_ns(sent_at(a).host, sent_at(a).mono_ns) <
           clocks_.common_ns(sent_at(b).host, sent_at(b).mono_ns);
  });
  std::optional<JoinedPath> vouched, amendable;
  for (const PathRecords& of_path : paths) {
    JoinedPath path = conclude(of_path, knowledge);
    tell(path, moment);
    if (!vouched && vouched_for(path)) vouched = path;
    if (!amendable && kept_as(path) != Group::State::kTold) amendable = path;
  }
  if (!group.numbered || group.older != kNoGroup || (!vouched && !amendable))
    return groups_.free(id);
  told(id, vouched ? &*vouched : nullptr, amendable ? &*amendable : nullptr);
}

// Remembers what later events can be about.
void PathJoin::told(GroupId id, const JoinedPath* vouched, const JoinedPath* amendable) {
  Group& group = groups_[id];
  groups_.drop_records(id);
  if (vouched != nullptr) {
    group.vouched = true;
    group.tx_missing = !vouched->tx;
    group.rx_missing = !vouched->rx;
    if (vouched->tx)
      group.receiver = groups_.store().ends({vouched->tx->host, vouched->tx->event});
    else if (vouched->rx)
      group.receiver = groups_.store().ends({vouched->rx->host, vouched->rx->event});
  }
  if (amendable == nullptr) return keep(id, Group::State::kTold);
  if (amendable->tx) groups_.add(id, {amendable->tx->host, amendable->tx->event});
  if (amendable->rx) groups_.add(id, {amendable->rx->host, amendable->rx->event});
  if (amendable->drop) groups_.add(id, *amendable->drop);
  group.verdict = amendable->verdict;
  group.basis = amendable->basis;
  group.shown = amendable->shown;
  keep(id, kept_as(*amendable));
}

void PathJoin::keep(GroupId id, Group::State as) {
  groups_.published(id, as);
  switch (as) {
    case Group::State::kMissing:
      missing_.push_back(groups_.ref(id));
      note_sent(id);
      return forget_oldest(missing_, options_.max_amendable, as);
    case Group::State::kArrived:
      arrived_.push_back(groups_.ref(id));
      return forget_oldest(arrived_, options_.max_amendable, as);
    default:
      groups_.drop_records(id);
      told_.push_back(groups_.ref(id));
      return forget_oldest(told_, options_.max_told, as);
  }
}

void PathJoin::forget_oldest(std::deque<Groups::Ref>& kept, std::size_t most, Group::State of) {
  if (kept.size() <= most) return;
  const Groups::Ref oldest = kept.front();
  kept.pop_front();
  if (!groups_.is_valid(oldest) || groups_[oldest.id].state != of) return;
  if (of == Group::State::kTold)
    groups_.free(oldest.id);
  else
    keep(oldest.id, Group::State::kTold);
}

// Whether the record belongs to a packet whose path was published without it.
bool PathJoin::missed(const Group& published, const Observed& late) const {
  if (!published.vouched) return false;
  const wg::PublicKey* receiver = receiver_of(late);
  if (receiver != nullptr && published.receiver != UINT32_MAX) {
    const auto& [host, origin] = groups_.store().at(published.receiver);
    const wg::PublicKey* known = published.tx_missing ? hosts_.device_key(host, origin.device)
                                 : origin.peer        ? &*origin.peer
                                                      : nullptr;
    if (known != nullptr && *known != *receiver) return false;
  }
  if (std::holds_alternative<event::Sent>(late.event)) return published.tx_missing;
  if (const auto* rx = std::get_if<event::Received>(&late.event))
    return published.rx_missing && rank(*rx) != RxRank::kDuplicate;
  return true;
}

// Whose device the packet went to; nullptr: not known.
const wg::PublicKey* PathJoin::receiver_of(const Observed& observed) const {
  const event::VerdictId verdict = event::verdict_of(observed.event);
  if (std::holds_alternative<event::Sent>(observed.event)) {
    const auto& peer = event::peer_of(observed.event);
    return peer ? &*peer : nullptr;
  }
  if (event::is_drop(observed.event) &&
      (verdict == event::VerdictId::OUTER_OUT || verdict == event::VerdictId::NETWORK_REJECTED))
    return nullptr;
  return hosts_.device_key(observed.host, event::device_of(observed.event));
}

// Whether the late record says how the packet really ended: then its path is put out again.
bool PathJoin::amend(GroupId id, const Observed& late) {
  const Group before = groups_[id];
  if (before.state == Group::State::kTold) return false;
  const std::vector<Observed> known = groups_.unpack(id);
  std::vector<Observed> records = {late};
  records.insert(records.end(), known.begin(), known.end());
  Group now = before;
  now.first_came_ns = now.last_came_ns = now_ns_;
  const LiveKnowledge knowledge(*this, &now, Moment::kDue);
  const std::vector<PathRecords> paths = assigned(records, knowledge);
  // Fragments that came are freed when the others did not: that is no other end.
  const bool of_fragments =
      event::is_drop(late.event) &&
      std::ranges::any_of(known, [](const Observed& o) { return event::is_drop(o.event); });
  if (paths.size() != 1 || of_fragments) return false;
  JoinedPath path = conclude(paths.front(), knowledge);
  find_carrier(path, Moment::kDue);
  return tell_otherwise(id, std::move(path));
}

// Puts a path out again if its verdict is another one now.
bool PathJoin::tell_otherwise(GroupId id, JoinedPath path) {
  const Group& before = groups_[id];
  if (path.verdict == before.verdict) return false;
  path.amends = Ending{before.verdict, before.basis, before.shown};
  ++stats_.amended;
  path.shown = sink_(path);
  told(id, nullptr, &path);
  return true;
}

}  // namespace wgt::join
