// SPDX-License-Identifier: GPL-2.0-only
// The events of one packet each: those that wait to be published, and those that were and may have
// to be amended, found by their number and in order of sending. Bounded by whoever uses it.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "plugin/join/host_clocks.h"
#include "plugin/join/joined_path.h"
#include "plugin/join/order_queue.h"
#include "plugin/join/packed.h"

namespace wgt::join {

using GroupId = std::uint32_t;
inline constexpr GroupId kNoGroup = UINT32_MAX;
inline constexpr std::int64_t kNotYetNs = INT64_MIN;

struct Group {
  enum class State : std::uint8_t {
    kFree,
    kPending,
    kMissing,  // published, and not seen to arrive: may still be amended
    kArrived,  // the same, seen to arrive
    kTold,     // only that it was published
  };

  event::PacketKey key;
  GroupId id = kNoGroup;
  Packed* records = nullptr;               // the last one first
  std::int64_t first_came_ns = kNotYetNs;  // since the last advance()
  std::int64_t last_came_ns = kNotYetNs;
  std::int64_t order_ns = 0;  // on the clock of order_host
  std::uint32_t generation = 0;
  GroupId older = kNoGroup;             // published, of the same number
  std::uint32_t receiver = UINT32_MAX;  // ends of the half that is there, of a published one
  std::uint16_t order_host = 0;
  std::uint16_t count = 0;  // of records, at most UINT16_MAX
  State state = State::kFree;
  bool numbered = false;
  bool waits = false;          // for more than a drop
  bool is_pair = false;        // one that left and came, and nothing else
  bool order_is_sent = false;  // by the sender's event
  bool shown = false;
  bool is_aside = false;  // pending, but not in order any more
  bool carries = false;   // a message of another packet
  // Of a published one.
  bool vouched = false;
  bool tx_missing = false;
  bool rx_missing = false;
  event::VerdictId verdict = event::VerdictId::UNKNOWN;
  Basis basis = Basis::kObserved;

  bool is_published() const { return state > State::kPending; }
};

class Groups {
 public:
  // A reference that notices that its group is another one by now.
  struct Ref {
    GroupId id;
    std::uint32_t generation;
  };

  Group& operator[](GroupId id) { return chunks_[id / kChunk][id % kChunk]; }
  const Group& operator[](GroupId id) const { return chunks_[id / kChunk][id % kChunk]; }
  Ref ref(GroupId id) const { return {id, (*this)[id].generation}; }
  bool is_valid(const Ref& ref) const {
    return (*this)[ref.id].generation == ref.generation &&
           (*this)[ref.id].state != Group::State::kFree;
  }

  GroupId find(const event::PacketKey& key) const {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? kNoGroup : at->second;
  }
  GroupId make(const std::optional<event::PacketKey>& key);
  // An older one of the same number is found again.
  void free(GroupId id);
  std::size_t pending() const { return pending_; }
  void published(GroupId id, Group::State as);

  void add(GroupId id, const Observed& observed);
  void drop_records(GroupId id);
  // In order of coming.
  std::vector<Observed> unpack(GroupId id) const;
  const Packed* sent_in(const Group& group) const;  // nullptr: none among the last few
  PackedStore& store() { return store_; }
  const PackedStore& store() const { return store_; }

  // The one that was sent first of those that wait and were not put aside. kNoGroup: none does.
  template <class CommonNs>
  GroupId first(const CommonNs& common_ns) {
    GroupId best = kNoGroup;
    std::int64_t best_ns = 0;
    for (std::size_t host = 0; host < order_.size(); ++host) {
      skip_void(host);
      if (order_[host].empty()) continue;
      const OrderQueue::Entry& front = order_[host].front();
      const std::int64_t ns = order_.size() == 1 ? front.ns : common_ns(host, front.ns);
      if (best != kNoGroup && ns >= best_ns) continue;
      best = front.group;
      best_ns = ns;
    }
    return best;
  }

 private:
  static constexpr std::size_t kChunk = 1024;

  void put_in_order(GroupId id, const Observed& observed);
  void skip_void(std::size_t host);
  void unlink(GroupId id);

  std::vector<std::unique_ptr<Group[]>> chunks_;
  std::vector<GroupId> free_;
  GroupId made_ = 0;
  std::size_t pending_ = 0;
  boost::unordered_flat_map<event::PacketKey, GroupId, event::PacketKeyHash> by_key_;
  std::vector<OrderQueue> order_;  // by host
  PackedStore store_;
};

}  // namespace wgt::join
