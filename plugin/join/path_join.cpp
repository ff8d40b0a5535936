// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/path_join.h"

#include <algorithm>
#include <utility>

#include "plugin/join/conclude.h"
#include "plugin/join/flow_match.h"
#include "plugin/join/live_knowledge.h"

namespace wgt::join {
namespace {

// Anybody can send copies of a packet: more than this many records of one key and copies become
// paths without waiting for each other.
constexpr std::size_t kMaxRecordsPerKey = 16;

// A drop follows the delivery at once: among how many of the last packets that is looked for.
constexpr std::size_t kMaxLookedThrough = 4096;

bool is_surplus(const event::Event& event) {
  const auto* rx = std::get_if<event::Received>(&event);
  return rx != nullptr ? rank(*rx) != RxRank::kAuthenticated : event::is_drop(event);
}

}  // namespace

PathJoin::PathJoin(JoinOptions options, Sink sink)
    : options_(options),
      sink_(std::move(sink)),
      clocks_(hosts_),
      published_keys_(hosts_, options.max_pending),
      published_paths_(options.max_amendable),
      waiting_paths_(options.max_amendable) {}

HostId PathJoin::add_host(event::HostInfo info) {
  losses_.emplace_back();
  seen_until_.emplace_back();
  const HostId host = hosts_.add(std::move(info));
  list_watchers();
  return host;
}

void PathJoin::list_watchers() {
  watchers_.clear();
  for (HostId host = 0; host < hosts_.all().size(); ++host)
    watchers_.push_back({.host = host, .number = host, .info = &hosts_[host]});
}

void PathJoin::update_host(HostId host, event::HostInfo info) {
  hosts_.update(host, std::move(info));
  list_watchers();
}

void PathJoin::add(HostId host, const event::Event& event) {
  ++stats_.records;
  if (!lacks_number(event)) return take({host, event});
  if (unnumbered_.size() >= options_.max_pending) number_drops();
  unnumbered_.push_back({host, event});
}

void PathJoin::take(Observed observed) {
  const auto key = event::key_of(observed.event);
  if (const auto* rx = std::get_if<event::Received>(&observed.event))
    numbers_.note(observed.host, *rx);
  if (key && published_keys_.missed(*key, observed)) {
    if (!amend(*key, observed))
      ++(event::is_drop(observed.event) ? stats_.late_drops : stats_.late_records);
    return;
  }
  if (fresh_.size() >= 2 * options_.max_pending) stamp_what_came();  // nobody calls advance()
  const auto at = group_for(observed);
  fresh_.push_back(at->first);
  Group& group = at->second;
  group.last_came_ns.reset();
  // Junk with a guessed number may have come long before: the packet gets its full time.
  if (std::holds_alternative<event::Sent>(observed.event)) group.first_came_ns.reset();
  group.records.push_back(observed);
  review(group);
}

// Whether the late record says how the packet really ended: then its path is put out again.
bool PathJoin::amend(const event::PacketKey& key, const Observed& late) {
  const auto before = published_paths_.take(key);
  if (!before) return false;
  Group group{.key = key, .records = {late}, .first_came_ns = now_ns_, .last_came_ns = now_ns_};
  if (before->tx) group.records.push_back({before->tx->host, before->tx->event});
  if (before->rx) group.records.push_back({before->rx->host, before->rx->event});
  if (before->drop) group.records.push_back(*before->drop);
  const LiveKnowledge knowledge(*this, group, Moment::kDue);
  const std::vector<PathRecords> paths = assign_group(group, knowledge);
  // Fragments that came are freed when the others did not: that is no other end.
  const bool of_fragments = before->drop && event::is_drop(late.event);
  JoinedPath path =
      paths.size() == 1 && !of_fragments ? conclude(paths.front(), knowledge) : *before;
  const bool otherwise = path.verdict != before->verdict;
  if (otherwise) {
    path.amends = Ending{before->verdict, before->basis, before->shown};
    ++stats_.amended;
    path.shown = sink_(path);
  }
  published_paths_.remember(key, otherwise ? path : *before);
  return otherwise;
}

void PathJoin::records_lost(HostId host, std::uint64_t total) {
  Losses& losses = losses_[host];
  losses.rose = losses.rose || total > losses.total;
  losses.total = total;
}

void PathJoin::advance(std::int64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  number_drops();
  stamp_what_came();
  settled_ns_ = settled_until();
  while (!pending_.empty() && is_due(pending_.begin()->second))
    publish(pending_.begin(), Moment::kDue);
}

void PathJoin::finish() {
  number_drops();
  while (!pending_.empty()) {
    const bool due = is_due(pending_.begin()->second);
    publish(pending_.begin(), due ? Moment::kDue : Moment::kFinished);
  }
}

void PathJoin::number_drops() {
  for (const Observed& drop : std::exchange(unnumbered_, {})) {
    FlowMatcher number(drop);
    std::size_t left = number.is_possible() ? kMaxLookedThrough : 0;
    for (auto at = pending_.rbegin(); at != pending_.rend() && left > 0; ++at, --left)
      for (const Observed& observed : at->second.records)
        if (const auto* rx = std::get_if<event::Received>(&observed.event))
          number.consider(observed.host, *rx);
    published_paths_.consider_for(number, left);
    if (auto found = number.found())
      take(*found);
    else
      ++stats_.late_drops;
  }
}

// A round's records came at its end, as far as anybody is waited for.
void PathJoin::stamp_what_came() {
  for (const Order& order : fresh_) {
    const auto at = pending_.find(order);
    if (at == pending_.end()) continue;
    Group& group = at->second;
    if (!group.first_came_ns) group.first_came_ns = now_ns_;
    if (!group.last_came_ns) group.last_came_ns = now_ns_;
  }
  fresh_.clear();
  for (Losses& losses : losses_)
    if (std::exchange(losses.rose, false)) losses.last_ns = now_ns_;
}

std::int64_t PathJoin::settled_until() const {
  std::int64_t settled = now_ns_;
  for (HostId host = 0; host < seen_until_.size(); ++host) {
    if (!seen_until_[host]) continue;
    const TimeRange here = clocks_.range_on(host, 0, *seen_until_[host], options_.hold_ns);
    settled = std::min(settled, here.earliest);
  }
  return settled;
}

bool PathJoin::is_due(const Group& group) const {
  if (!group.first_came_ns || !group.last_came_ns) return false;
  const std::int64_t waited_for = settled_ns_ - *group.first_came_ns;
  return waited_for >= options_.hold_ns ||
         (!group.waits && settled_ns_ - *group.last_came_ns >= options_.grace_ns);
}

PathJoin::Pending::iterator PathJoin::group_for(const Observed& observed) {
  const std::int64_t sent_ns =
      clocks_.common_ns(observed.host, event::first_hop_ns(observed.event));
  auto key = event::key_of(observed.event);
  if (key) {
    if (const auto known = by_key_.find(*key); known != by_key_.end()) {
      const auto group = pending_.find(known->second);
      if (group->second.records.size() < kMaxRecordsPerKey || !is_surplus(observed.event))
        return move_to(group, sent_ns);
      key.reset();
    }
  }
  return new_group(key, sent_ns);
}

PathJoin::Pending::iterator PathJoin::new_group(std::optional<event::PacketKey> key,
                                                std::int64_t sent_ns) {
  if (pending_.size() >= options_.max_pending && !pending_.empty()) {
    const bool due = is_due(pending_.begin()->second);
    if (!due) ++stats_.evicted;
    publish(pending_.begin(), due ? Moment::kDue : Moment::kEvicted);
  }
  const Order order{sent_ns, next_number_++};
  if (key) by_key_.emplace(*key, order);
  const auto group = pending_.emplace(order, Group{}).first;
  group->second.key = key;
  return group;
}

// A group is as old as the oldest of its records.
PathJoin::Pending::iterator PathJoin::move_to(Pending::iterator group, std::int64_t sent_ns) {
  if (sent_ns >= group->first.sent_ns) return group;
  auto node = pending_.extract(group);
  node.key().sent_ns = sent_ns;
  by_key_[*node.mapped().key] = node.key();
  return pending_.insert(std::move(node)).position;
}

// Compares clocks by what joined, and sees whether more is to come.
void PathJoin::review(Group& group) {
  const LiveKnowledge knowledge(*this, group, Moment::kPending);
  const std::vector<PathRecords> paths = assign_group(group, knowledge);
  clocks_.sample(paths);
  group.waits = waits_for_more(paths, knowledge);
}

bool PathJoin::waits_for_more(const std::vector<PathRecords>& paths,
                              const LiveKnowledge& knowledge) const {
  const auto waits = [&](const PathRecords& path) {
    if (path.tx != nullptr) {
      return left_host(sent(*path.tx)) && path.rx == nullptr &&
             (path.drop == nullptr || is_first_fragment(*path.drop)) &&
             knowledge.absent_rx(*path.tx) == Basis::kStillOpen;
    }
    // Without a number nothing else can be known to be about the same packet.
    const Observed* end = path.rx != nullptr ? path.rx : path.drop;
    if (!event::key_of(end->event)) return false;
    return path.rx == nullptr ||
           (sender_may_be_watched(*path.rx) &&
            std::none_of(paths.begin(), paths.end(), [&](const PathRecords& other) {
              return other.tx != nullptr && same_tunnel(*other.tx, *path.rx, hosts_);
            }));
  };
  return paths.empty() || std::any_of(paths.begin(), paths.end(), waits);
}

bool PathJoin::sender_may_be_watched(const Observed& rx) const {
  if (const auto& peer = event::peer_of(rx.event)) return !hosts_.watching(*peer).empty();
  return hosts_.watches_other_than(rx.host, event::device_of(rx.event));
}

std::vector<PathRecords> PathJoin::assign_group(const Group& group,
                                                const LiveKnowledge& knowledge) const {
  std::vector<const Observed*> records;
  records.reserve(group.records.size());
  for (const Observed& observed : group.records) records.push_back(&observed);
  return assign(records, hosts_, knowledge);
}

void PathJoin::publish(Pending::iterator at, Moment moment) {
  const Group group = std::move(at->second);
  if (group.key) by_key_.erase(*group.key);
  pending_.erase(at);

  const LiveKnowledge knowledge(*this, group, moment);
  std::vector<PathRecords> paths = assign_group(group, knowledge);
  std::stable_sort(paths.begin(), paths.end(), [&](const PathRecords& a, const PathRecords& b) {
    return clocks_.common_ns(sent_at(a).host, sent_at(a).mono_ns) <
           clocks_.common_ns(sent_at(b).host, sent_at(b).mono_ns);
  });
  for (const PathRecords& records : paths) {
    JoinedPath path = conclude(records, knowledge);
    path.amends = waiting_paths_.take(path);
    ++(path.amends ? stats_.amended : stats_.paths);
    path.shown = sink_(path);
    waiting_paths_.remember(path);
    if (!group.key) continue;
    published_keys_.remember(*group.key, path);
    published_paths_.remember(*group.key, path);
  }
}

}  // namespace wgt::join
