// SPDX-License-Identifier: GPL-2.0-only
// Packets that were told as tx.waiting: what becomes of one amends that. Such a packet has no
// number yet; it is known by when it entered which interface. Bounded: the oldest are forgotten.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>

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
  // What was said while it waited. nullopt: nothing was.
  std::optional<Ending> take(const JoinedPath& path);

 private:
  std::size_t capacity_;
  std::map<Entry, Ending> paths_;
};

// Those of `events` that say of a packet that it waits, and whose end is among them.
std::set<const Observed*> ended_waits(std::span<const Observed* const> events);

}  // namespace wgt::join
