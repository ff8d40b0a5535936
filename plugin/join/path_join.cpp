// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/path_join.h"

#include <algorithm>
#include <utility>

#include "plugin/join/flow_match.h"
#include "plugin/join/live_knowledge.h"

namespace wgt::join {
namespace {

// Anybody can send copies of a packet: more than this many records of one key and copies become
// paths without waiting for each other.
constexpr std::uint16_t kMaxRecordsPerKey = 16;

// A drop follows the delivery at once: among how many of the last packets that is looked for.
constexpr std::size_t kMaxLookedThrough = 4096;
constexpr std::size_t kMaxLookedThroughRecorded = 65536;

bool is_surplus(const event::Event& event) {
  const auto* rx = std::get_if<event::Received>(&event);
  return rx != nullptr ? rank(*rx) != RxRank::kAuthenticated : event::is_drop(event);
}

// While clocks are compared: nothing that depends on comparing them.
class UndecidedKnowledge final : public Knowledge {
 public:
  Basis absent_rx(const Observed&) const override { return Basis::kStillOpen; }
  Basis absent_rest(const Observed&) const override { return Basis::kStillOpen; }
  std::optional<OffsetEstimate> offset(HostId, HostId, std::uint64_t) const override {
    return std::nullopt;
  }
};

}  // namespace

PathJoin::PathJoin(JoinOptions options, Sink sink)
    : options_(options),
      sink_(std::move(sink)),
      clocks_(hosts_),
      delivered_(options.recorded != nullptr ? kMaxLookedThroughRecorded : kMaxLookedThrough),
      waiting_paths_(options.max_amendable),
      held_waits_(options.max_waits),
      carriers_(options.max_amendable) {}

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

void PathJoin::tell_waits(const std::vector<Observed>& waits) {
  for (const Observed& observed : waits) put(groups_.make({}), observed);
}

void PathJoin::take(Observed observed) {
  if (options_.recorded != nullptr && held_waits_.take(observed))
    return tell_waits(held_waits_.release_surplus());
  auto key = event::key_of(observed.event);
  if (const auto* rx = std::get_if<event::Received>(&observed.event))
    numbers_.note(observed.host, *rx);
  if (groups_.store().bytes() > options_.max_bytes) make_room();
  GroupId known = key ? groups_.find(*key) : kNoGroup;
  if (known != kNoGroup) {
    const Group& group = groups_[known];
    const GroupId told = group.is_published() ? known : group.older;
    if (told != kNoGroup && missed(groups_[told], observed)) {
      if (!amend(told, observed))
        ++(event::is_drop(observed.event) ? stats_.late_drops : stats_.late_records);
      return;
    }
    if (group.is_published()) {
      known = kNoGroup;
    } else if (group.count >= kMaxRecordsPerKey && is_surplus(observed.event)) {
      known = kNoGroup;
      key.reset();
    }
  }
  if (known == kNoGroup) {
    if (groups_.pending() >= options_.max_pending) make_room();
    known = groups_.make(key);
  }
  put(known, observed);
}

void PathJoin::put(GroupId id, const Observed& observed) {
  Group& group = groups_[id];
  groups_.add(id, observed);
  group.is_pair = false;
  stamp(group, observed);
  note_delivered(id, observed);
  note_carrier(group, observed);
  review(id);
}

// Of what was recorded the time when it was is known; of what comes live, when it came.
void PathJoin::stamp(Group& group, const Observed& observed) {
  if (options_.recorded != nullptr) {
    const std::uint64_t last_ns = event::last_hop_ns(observed.event);
    const std::int64_t came_ns = std::max(now_ns_, on_first_host(observed.host, last_ns));
    group.last_came_ns = std::max(group.last_came_ns, came_ns);
    return;
  }
  if (fresh_.size() >= 2 * options_.max_pending) stamp_what_came();  // nobody calls advance()
  fresh_.push_back(groups_.ref(group.id));
  group.last_came_ns = kNotYetNs;
  // Junk with a guessed number may have come long before: the packet gets its full time.
  if (std::holds_alternative<event::Sent>(observed.event)) group.first_came_ns = kNotYetNs;
}

void PathJoin::note_delivered(GroupId id, const Observed& observed) {
  const auto* rx = std::get_if<event::Received>(&observed.event);
  if (rx == nullptr || rx->verdict != event::VerdictId::DELIVERED) return;
  if (const auto hash = inner_hash(rx->inner)) delivered_.push_back({groups_.ref(id), *hash});
}

void PathJoin::records_lost(HostId host, std::uint64_t total) {
  Losses& losses = losses_[host];
  losses.rose = losses.rose || total > losses.total;
  losses.total = total;
}

GroupId PathJoin::oldest() {
  return groups_.first([this](HostId host, std::int64_t ns) {
    return clocks_.common_ns(host, static_cast<std::uint64_t>(ns));
  });
}

void PathJoin::advance(std::int64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  number_drops();
  stamp_what_came();
  settled_ns_ = settled_until();
  publish_aside(Moment::kDue);
  for (GroupId id = oldest(); id != kNoGroup && is_due(groups_[id]); id = oldest())
    publish(id, Moment::kDue);
}

void PathJoin::finish() {
  number_drops();
  tell_waits(held_waits_.release_all());
  publish_aside(Moment::kFinished);
  for (GroupId id = oldest(); id != kNoGroup; id = oldest())
    publish(id, is_due(groups_[id]) ? Moment::kDue : Moment::kFinished);
}

void PathJoin::number_drops() {
  for (const Observed& drop : std::exchange(unnumbered_, {})) {
    FlowMatcher number(drop);
    const auto hash = inner_hash(std::get<event::StackDrop>(drop.event).inner);
    for (auto at = delivered_.rbegin(); number.is_possible() && at != delivered_.rend(); ++at) {
      if (at->inner_hash != hash || !groups_.is_valid(at->group)) continue;
      for (const Observed& observed : groups_.unpack(at->group.id))
        if (const auto* rx = std::get_if<event::Received>(&observed.event))
          number.consider(observed.host, *rx);
    }
    if (auto found = number.found())
      take(*found);
    else
      ++stats_.late_drops;
  }
}

// A round's records came at its end, as far as anybody is waited for.
void PathJoin::stamp_what_came() {
  for (const Groups::Ref& ref : fresh_) {
    if (!groups_.is_valid(ref)) continue;
    Group& group = groups_[ref.id];
    if (group.first_came_ns == kNotYetNs) group.first_came_ns = now_ns_;
    if (group.last_came_ns == kNotYetNs) group.last_came_ns = now_ns_;
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

bool PathJoin::is_due(const Group& group, int depth) const {
  if (options_.recorded != nullptr) {
    const std::int64_t waited_for = settled_ns_ - group.last_came_ns;
    return waited_for >= options_.window_ns &&
           (waited_for >= options_.long_window_ns || groups_.pending() > options_.few_pending);
  }
  if (group.first_came_ns == kNotYetNs || group.last_came_ns == kNotYetNs) return false;
  const std::int64_t waited_for = settled_ns_ - group.first_came_ns;
  if (!group.waits && settled_ns_ - group.last_came_ns >= options_.grace_ns) return true;
  return waited_for >= options_.hold_ns && carriers_are_due(group, depth);
}

// What both ends recorded is as it would have been. Of recordings what is not goes on waiting, for
// as long as it is not most of what waits.
void PathJoin::make_room() {
  for (GroupId first = oldest(); first != kNoGroup; first = oldest()) {
    Group& group = groups_[first];
    if (is_due(group)) return publish(first, Moment::kDue);
    if (options_.recorded == nullptr) break;
    if (group.is_pair) return publish(first, Moment::kEvicted);
    if (aside_.size() >= options_.max_pending / 2) break;
    group.is_aside = true;
    aside_.push_back(groups_.ref(first));
  }
  GroupId first = oldest();
  if (first == kNoGroup && !aside_.empty()) {
    const Groups::Ref ref = aside_.front();
    aside_.pop_front();
    if (groups_.is_valid(ref)) first = ref.id;
  }
  if (first == kNoGroup) return;
  ++stats_.evicted;
  publish(first, Moment::kEvicted);
}

void PathJoin::publish_aside(Moment moment) {
  while (!aside_.empty()) {
    const Groups::Ref ref = aside_.front();
    if (groups_.is_valid(ref)) {
      const bool due = is_due(groups_[ref.id]);
      if (!due && moment == Moment::kDue) return;
      publish(ref.id, due ? Moment::kDue : moment);
    }
    aside_.pop_front();
  }
}

// Compares clocks by what joined, and sees whether more is to come.
void PathJoin::review(GroupId id) {
  Group& group = groups_[id];
  if (review_pair(group)) return;
  if (options_.recorded != nullptr) {
    if (group.count < 2 || group.count > kMaxRecordsPerKey) return;
    const std::vector<Observed> records = groups_.unpack(id);
    return clocks_.sample(assigned(records, UndecidedKnowledge()));
  }
  const LiveKnowledge knowledge(*this, &group, Moment::kPending);
  const std::vector<Observed> records = groups_.unpack(id);
  const std::vector<PathRecords> paths = assigned(records, knowledge);
  clocks_.sample(paths);
  group.waits = waits_for_more(paths, knowledge);
}

// What nearly all are: a packet that left and came. assign() would say the same.
bool PathJoin::review_pair(Group& group) {
  if (group.count != 2) return false;
  const Packed* tx = group.records;
  const Packed* rx = tx->next;
  if (tx->kind != Packed::Kind::kSent) std::swap(tx, rx);
  if (tx->kind != Packed::Kind::kSent || rx->kind != Packed::Kind::kReceived) return false;
  const PackedStore& store = groups_.store();
  if (!ends_agree({store.host(*tx), store.origin(*tx)}, {store.host(*rx), store.origin(*rx)},
                  hosts_))
    return false;
  Seen<event::Sent> sent;
  Seen<event::Received> received;
  store.unpack(*tx, &group.key, sent);
  store.unpack(*rx, &group.key, tx, received);
  if (sent.event.verdict != event::VerdictId::UNKNOWN ||
      rank(received.event) != RxRank::kAuthenticated)
    return false;
  clocks_.compare(sent.host, left_after_ns(sent.event), received.host,
                  event::first_hop_ns(received.event));
  group.waits = false;
  group.is_pair = true;
  return true;
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

std::vector<PathRecords> PathJoin::assigned(const std::vector<Observed>& records,
                                            const Knowledge& knowledge) const {
  std::vector<const Observed*> pointers;
  pointers.reserve(records.size());
  for (const Observed& observed : records) pointers.push_back(&observed);
  return assign(pointers, hosts_, knowledge);
}

}  // namespace wgt::join
