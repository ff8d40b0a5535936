// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/offline_knowledge.h"

#include "plugin/join/host_clocks.h"

namespace wgt::join {

RecordedWatchers::RecordedWatchers(const Recordings& recordings)
    : recordings_(recordings), by_host_(recordings.hosts.all().size()) {
  std::size_t number = 0;
  for (const Watch& watch : recordings.watches)
    by_host_[watch.host].push_back({.host = watch.host, .number = number++, .info = &watch.info});
}

Coverage RecordedWatchers::coverage(const Watcher& watcher, const event::DeviceKey& device,
                                    const Sighting& sighting) const {
  const Watch& watch = recordings_.watches[watcher.number];
  if (!sighting.device_was_seen &&
      sighting.when.earliest < signed_ns(watch.info.watch_started_mono_ns))
    return Coverage::kUnwatched;
  // A recording is of the devices that it lists.
  const Coverage by_device = traced(watch.info, device, sighting, Coverage::kUnwatched);
  if (by_device == Coverage::kUnwatched) return by_device;
  if (watch.lost_between(sighting.losses.earliest, sighting.losses.latest)) return Coverage::kLost;
  const bool long_enough = sighting.when.latest + sighting.wait_ns <= signed_ns(watch.until_ns);
  return long_enough ? by_device : Coverage::kNotYet;
}

}  // namespace wgt::join
