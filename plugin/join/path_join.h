// SPDX-License-Identifier: GPL-2.0-only
// The join: events of one or more hosts go in as they come, in any order; finished paths come out,
// each packet once, in order of sending as far as waiting allows. Once more only if an event that
// came later says how it really ended: then it says what it amends. Pure: time comes in as an
// argument. Memory is bounded by Options. Single-threaded.
//
// It has two feeds. Live: in every round add() all that came, then records_lost(), then
// advance(now): what is at hand is taken in before anything is called missing, also when the
// process did not run for a while. Recordings (JoinOptions::recorded): who was watched when is
// known from the beginning, and `now` is how far all of them were read.
#pragma once

#include <boost/circular_buffer.hpp>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "plugin/event/event.h"
#include "plugin/event/host_info.h"
#include "plugin/join/absence.h"
#include "plugin/join/assign.h"
#include "plugin/join/carriers.h"
#include "plugin/join/groups.h"
#include "plugin/join/host_clocks.h"
#include "plugin/join/hosts.h"
#include "plugin/join/joined_path.h"
#include "plugin/join/waiting_paths.h"

namespace wgt::join {

struct JoinOptions {
  // How long a record is waited for before it is missing. Longer waits are for amendments: the
  // sender's own stack gives up on a next hop, and routers send their ICMP errors, after three
  // seconds.
  std::int64_t hold_ns = Waits{}.hold_ns;
  std::int64_t grace_ns = Waits{}.grace_ns;  // how long a path that looks complete waits for a drop
  std::size_t max_pending = 65536;           // packets waited for at the same time
  std::size_t max_amendable = 8192;          // paths kept in case of an amendment, of either kind
  std::size_t max_bytes = 64U << 20U;        // of all their events
  std::size_t max_told = 65536;              // of which only the number is kept
  // Of recordings: who was watched when. Must outlive the join, and list its hosts.
  const Watchers* recorded = nullptr;
  // Of recordings: so long each packet waits at least, by the time on their clocks, for what was
  // recorded out of order or came late; and while at most few_pending wait, so long.
  std::int64_t window_ns = 1'250'000'000;
  std::int64_t long_window_ns = 65'000'000'000;
  std::size_t few_pending = 32768;
  bool pass_over_delivered = false;  // nobody wants to be told of these: JoinStats::passed_over
  std::size_t max_waits = 16384;     // of recordings: tx.waiting whose end may come
};

struct JoinStats {
  std::uint64_t records = 0;  // events
  std::uint64_t paths = 0;    // without amendments
  std::uint64_t amended = 0;
  std::uint64_t passed_over = 0;   // of `paths`, those that the sink was not told of
  std::uint64_t late_drops = 0;    // drops of a path that was published before and that does not
                                   // amend it, or of none that is known
  std::uint64_t late_records = 0;  // the same for the other half of a path
  std::uint64_t evicted = 0;       // published before their time because too many were pending
};

class PathJoin {
 public:
  // Answers whether somebody was shown the path; an amendment of it brings the answer back
  // (Ending::shown). The sink must not call back into the join.
  using Sink = std::function<bool(const JoinedPath&)>;

  PathJoin(JoinOptions options, Sink sink);
  PathJoin(const PathJoin&) = delete;
  PathJoin& operator=(const PathJoin&) = delete;

  HostId add_host(event::HostInfo info);
  // Devices that went away must stay in it for as long as their records may come.
  void update_host(HostId host, event::HostInfo info);
  const std::vector<event::HostInfo>& hosts() const { return hosts_.all(); }
  const Hosts& known_hosts() const { return hosts_; }

  // Of a packet: steps of handshakes are for HandshakeJoin.
  void add(HostId host, const event::Event& event);
  // What left `from` and came to `to`, as a session's round trips do: compares their clocks.
  void compare_clocks(HostId from, std::uint64_t sent_ns, HostId to, std::uint64_t seen_ns) {
    clocks_.compare(from, sent_ns, to, seen_ns);
  }
  // Its time of day is so much ahead of what it should be: until packets tell it better.
  void suppose_ahead(HostId host, std::int64_t ns) { clocks_.suppose_ahead(host, ns); }
  // `to`'s clock - `from`'s, at a time on `from`'s; nullopt: not known.
  std::optional<OffsetEstimate> clock_offset(HostId from, HostId to, std::uint64_t from_ns) const {
    return clocks_.offset(from, to, from_ns);
  }
  // `host`'s time on the clock of host 0, as well as anybody knows.
  std::int64_t on_first_host(HostId host, std::uint64_t mono_ns) const {
    return clocks_.translate(host, 0, mono_ns);
  }
  // A host whose records come late: every one that it wrote before this time on its clock was
  // added. Nothing is called missing that may still be under way; advance() must then be given
  // host 0's CLOCK_MONOTONIC. nullopt: it is not waited for any more.
  void seen_until(HostId host, std::optional<std::uint64_t> mono_ns) {
    seen_until_[host] = mono_ns;
  }
  // The producer's own count of records it could not write, since it began.
  void records_lost(HostId host, std::uint64_t total);
  // Whether every event of the device from..to was added; times are on the clock of `here`.
  bool saw_all(const Hosts::Place& there, HostId here, std::uint64_t from_ns,
               std::uint64_t to_ns) const;
  // Any clock that does not jump; a step back is ignored. Of recordings: host 0's.
  void advance(std::int64_t now_ns);
  // Nothing more will come: publishes everything. What was waited for less than hold_ns is open.
  void finish();

  const JoinStats& stats() const { return stats_; }

 private:
  static constexpr std::size_t kMostSessions = 8192;
  enum class Moment : std::uint8_t { kPending, kDue, kEvicted, kFinished };
  class LiveWatchers;
  class LiveKnowledge;

  struct Losses {
    std::uint64_t total = 0;
    std::optional<std::int64_t> last_ns;
    bool rose = false;  // since the last advance()
  };
  struct Delivered {
    Groups::Ref group;
    std::uint32_t inner_hash;
  };

  // Packets that somebody makes up can say that they carry the same message: no more are looked at.
  static constexpr std::size_t kMaxCandidates = 2;
  using Candidates = boost::container::static_vector<GroupId, kMaxCandidates>;

  void list_watchers();
  void take(Observed observed);
  void tell_waits(const std::vector<Observed>& waits);
  void put(GroupId id, const Observed& observed);
  GroupId oldest();
  bool amend(GroupId id, const Observed& late);
  bool tell_otherwise(GroupId id, JoinedPath path);
  bool missed(const Group& published, const Observed& late) const;
  const wg::PublicKey* receiver_of(const Observed& observed) const;
  void make_room();
  void publish_aside(Moment moment);
  void review(GroupId id);
  bool review_pair(Group& group);
  void note_delivered(GroupId id, const Observed& observed);
  void number_drops();
  void stamp(Group& group, const Observed& observed);
  void stamp_what_came();
  std::int64_t settled_until() const;
  bool is_due(const Group& group, int depth = 0) const;
  void note_carrier(Group& group, const Observed& observed);
  Candidates carrying(const CarriedMessage& message) const;
  bool carriers_are_due(const Group& group, int depth) const;
  void find_carrier(JoinedPath& path, Moment moment, int depth = 0) const;
  std::shared_ptr<const JoinedPath> carrier_of(const JoinedPath& path, Moment moment,
                                               int depth) const;
  void forget_carrier(GroupId id);
  void note_sent(GroupId id);
  void published_carrier(const JoinedPath& path);
  void amend_carried(const CarriedMessage& message);
  bool waits_for_more(const std::vector<PathRecords>& paths, const LiveKnowledge& knowledge) const;
  bool sender_may_be_watched(const Observed& rx) const;
  std::vector<PathRecords> assigned(const std::vector<Observed>& records,
                                    const Knowledge& knowledge) const;
  void publish(GroupId id, Moment moment);
  void tell(JoinedPath& path, Moment moment);
  bool passes_over(const Packed& rx) const;
  bool remember_pair(GroupId id, std::uint32_t sender, const Ending& told);
  bool publish_pair(GroupId id, Moment moment);
  void publish_any(GroupId id, Moment moment);
  void told(GroupId id, const JoinedPath* vouched, const JoinedPath* amendable);
  void keep(GroupId id, Group::State as);
  void forget_oldest(std::deque<Groups::Ref>& kept, std::size_t most, Group::State of);

  JoinOptions options_;
  Sink sink_;
  Hosts hosts_;
  std::vector<Watcher> watchers_;  // by host
  HighestNumbers numbers_{kMostSessions};
  HostClocks<ClockOffset> clocks_;
  std::vector<Losses> losses_;  // by host
  std::vector<std::optional<std::uint64_t>> seen_until_;
  Groups groups_;
  std::deque<Groups::Ref> missing_, arrived_, told_;  // the oldest first
  std::deque<Groups::Ref> aside_;                     // pending, and not full; the oldest first
  boost::circular_buffer<Delivered> delivered_;       // the last ones, for drops without number
  WaitingPaths waiting_paths_;
  HeldWaits held_waits_;
  Carriers<Groups::Ref> carriers_;
  std::set<std::pair<CarriedMessage, GroupId>> carrying_;  // what waits, by what it carries
  std::vector<Observed> unnumbered_;  // drops since the last advance() that have no number
  std::vector<Groups::Ref> fresh_;    // where records came since the last advance()
  std::int64_t now_ns_ = 0;
  std::int64_t settled_ns_ = 0;  // up to then everything came that will
  JoinStats stats_;
};

}  // namespace wgt::join
