// SPDX-License-Identifier: GPL-2.0-only
// What can be said of an event that is not there: whether somebody looked at its device at its
// time, and kept what they saw. Live and batch join know that from different sources; what follows
// from it is the same (absence.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "plugin/event/host_info.h"
#include "plugin/join/joined_path.h"

namespace wgt::join {

// Of two that are both needed, the smaller counts.
enum class Coverage : std::uint8_t {
  kUnwatched,  // nobody looked there then
  kLost,       // somebody did, and lost events of that time
  kNotYet,     // it may have been seen since, or the looking ended too soon to tell
  kCovered,    // it would be at hand
};

struct TimeRange {
  std::int64_t earliest;
  std::int64_t latest;
};

// One who looked at a host: live there is one for each, of recordings there may be several.
struct Watcher {
  HostId host = 0;
  std::size_t number = 0;  // among all
  const event::HostInfo* info = nullptr;
};

// When an event of a device would have been, on its host's clock.
struct Sighting {
  TimeRange when;
  TimeRange losses;  // when it would have been written: if any was lost then, it may be that one
  std::int64_t wait_ns;  // that long after it is at hand or never will be
  // Another event of the device from that time is at hand, so that it was watched then.
  bool device_was_seen = false;
};

class Watchers {
 public:
  virtual std::span<const Watcher> of(HostId host) const = 0;
  virtual Coverage coverage(const Watcher& watcher, const event::DeviceKey& device,
                            const Sighting& sighting) const = 0;

 protected:
  ~Watchers() = default;
};

// kCovered, kNotYet or kUnwatched: as far as the device was traced. A device that `info` does not
// list is `unlisted`.
Coverage traced(const event::HostInfo& info, const event::DeviceKey& device,
                const Sighting& sighting, Coverage unlisted);

}  // namespace wgt::join
