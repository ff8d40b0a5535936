// SPDX-License-Identifier: GPL-2.0-only
// Packets that wait for a handshake (tx.waiting). Live, one is told, and what becomes of it amends
// that; of recordings it is told only if nothing becomes of it. Such a packet has no number yet: it
// is known by when it entered which interface. Bounded: the oldest are forgotten, or told.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "plugin/event/device_key.h"
#include "plugin/join/joined_path.h"

namespace wgt::join {

struct Entry {
  std::uint64_t entered_ns = 0;  // Sent::kWgXmit
  HostId host = 0;
  event::DeviceKey device = {};
  std::uint16_t gso_segment = 0;  // those of one super-packet entered together
  auto operator<=>(const Entry&) const = default;
};

// nullopt: it was not seen to enter.
std::optional<Entry> entry_of(HostId host, const event::Sent& tx);

class WaitingPaths {
 public:
  explicit WaitingPaths(std::size_t capacity) : capacity_(capacity) {}

  // Nothing, unless it waits.
  void remember(const JoinedPath& path);
  bool empty() const { return paths_.empty(); }
  // What was said while it waited. nullopt: nothing was.
  std::optional<Ending> take(const JoinedPath& path);

 private:
  std::size_t capacity_;
  std::map<Entry, Ending> paths_;
};

class HeldWaits {
 public:
  explicit HeldWaits(std::size_t capacity) : capacity_(capacity) {}

  // Whether that is all about the event: a packet waits, and how it ends is known or may come.
  bool take(const Observed& observed);
  // Those that nothing became of, in order of entry; of more than it can hold the oldest.
  std::vector<Observed> release_surplus() { return release(capacity_); }
  std::vector<Observed> release_all() { return release(0); }

 private:
  std::vector<Observed> release(std::size_t most);

  std::size_t capacity_;
  std::map<Entry, Observed> held_;
  std::set<Entry> ended_;  // they may be recorded before the wait that they end
  std::deque<Entry> ended_in_order_;
};

}  // namespace wgt::join
