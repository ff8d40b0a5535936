// SPDX-License-Identifier: GPL-2.0-only
// PathJoin follows what one tunnel sends into the next (carriers.h).
#include <algorithm>
#include <utility>

#include "plugin/join/conclude.h"
#include "plugin/join/live_knowledge.h"
#include "plugin/join/path_join.h"

namespace wgt::join {

void PathJoin::note_carrier(Group& group, const Observed& observed) {
  const auto message = carried_by(observed.host, observed.event);
  if (!message) return;
  group.carries = true;
  carrying_.insert({*message, group.id});
  if (carriers_.in_use()) return;
  carriers_.use();
  for (const Groups::Ref& ref : missing_)
    if (groups_.is_valid(ref)) note_sent(ref.id);
}

void PathJoin::forget_carrier(GroupId id) {
  for (const Observed& observed : groups_.unpack(id))
    if (const auto message = carried_by(observed.host, observed.event))
      carrying_.erase({*message, id});
}

PathJoin::Candidates PathJoin::carrying(const CarriedMessage& message) const {
  Candidates groups;
  for (auto at = carrying_.lower_bound({message, 0});
       at != carrying_.end() && at->first == message && groups.size() < kMaxCandidates; ++at)
    groups.push_back(at->second);
  return groups;
}

// What has no end of its own ends with its carrier, which was sent a moment later.
bool PathJoin::carriers_are_due(const Group& group, int depth) const {
  if (carrying_.empty() || depth >= kMaxCarriers || !group.numbered) return true;
  const CarriedMessage message{group.order_host, static_cast<std::uint32_t>(group.key.counter)};
  return std::ranges::all_of(carrying(message),
                             [&](GroupId id) { return is_due(groups_[id], depth + 1); });
}

std::shared_ptr<const JoinedPath> PathJoin::carrier_of(const JoinedPath& path, Moment moment,
                                                       int depth) const {
  const auto message = message_of(path);
  if (!message || depth >= kMaxCarriers) return nullptr;
  for (const GroupId id : carrying(*message)) {
    const std::vector<Observed> records = groups_.unpack(id);
    const LiveKnowledge knowledge(*this, &groups_[id], moment);
    for (const PathRecords& of_path : assigned(records, knowledge)) {
      JoinedPath carrier = conclude(of_path, knowledge);
      if (!carries(carrier, path)) continue;
      find_carrier(carrier, moment, depth + 1);
      return std::make_shared<const JoinedPath>(std::move(carrier));
    }
  }
  return carriers_.of(*message, path);
}

void PathJoin::find_carrier(JoinedPath& path, Moment moment, int depth) const {
  if (!carriers_.in_use()) return;
  path.carrier = carrier_of(path, moment, depth);
  if (!path.carrier) return;
  path.carriers = path.carrier->carriers + 1;
  judge_by_carrier(path);
}

// It was published without an end of its own: what ends its carrier may come later.
void PathJoin::note_sent(GroupId id) {
  if (!carriers_.in_use()) return;
  const Packed* sent = groups_.sent_in(groups_[id]);
  if (sent == nullptr) return;
  const auto number = static_cast<std::uint32_t>(groups_[id].key.counter);
  carriers_.note_sent({groups_.store().host(*sent), number}, groups_.ref(id));
}

void PathJoin::published_carrier(const JoinedPath& path) {
  const auto message = carried_by(path);
  if (!message) return;
  carriers_.remember(*message, path);
  if (path.amends || !event::is_success(path.verdict)) amend_carried(*message);
}

// The carrier's end is known now: it may be that of a path that was published before.
void PathJoin::amend_carried(const CarriedMessage& message) {
  const auto sent = carriers_.sent(message);
  if (!sent || !groups_.is_valid(*sent) || groups_[sent->id].state != Group::State::kMissing)
    return;
  const Group before = groups_[sent->id];
  const std::vector<Observed> records = groups_.unpack(sent->id);
  const LiveKnowledge knowledge(*this, &before, Moment::kDue);
  const std::vector<PathRecords> paths = assigned(records, knowledge);
  if (paths.size() != 1) return;
  JoinedPath path = conclude(paths.front(), knowledge);
  find_carrier(path, Moment::kDue);
  // If it is on its way again, and looked for at its other end, that will tell.
  if (path.ended_in_carrier || path.basis == Basis::kReceiverNotWatched)
    tell_otherwise(sent->id, std::move(path));
}

}  // namespace wgt::join
