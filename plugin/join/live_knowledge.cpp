// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/live_knowledge.h"

#include <algorithm>

namespace wgt::join {

Coverage PathJoin::LiveWatchers::coverage(const Watcher& watcher, const event::DeviceKey& device,
                                          const Sighting& sighting) const {
  if (const Watchers* recorded = join_.options_.recorded) {
    const Coverage coverage = recorded->coverage(watcher, device, sighting);
    return moment_ == Moment::kEvicted ? std::min(coverage, Coverage::kLost) : coverage;
  }
  const event::HostInfo& info = *watcher.info;
  if (!sighting.device_was_seen && sighting.when.earliest < signed_ns(info.watch_started_mono_ns))
    return Coverage::kUnwatched;
  // Not every device can be named: all that are traced are watched.
  const Coverage by_device = traced(info, device, sighting, Coverage::kCovered);
  if (by_device == Coverage::kUnwatched || moment_ == Moment::kPending)
    return std::min(by_device, Coverage::kNotYet);
  if (may_have_lost(watcher.host) || moment_ == Moment::kEvicted) return Coverage::kLost;
  return may_still_come(watcher.host, sighting) ? Coverage::kNotYet : by_device;
}

bool PathJoin::LiveWatchers::may_still_come(HostId host, const Sighting& sighting) const {
  const std::uint64_t ended = join_.hosts_[host].watch_ended_mono_ns;
  if (ended != 0 && sighting.when.latest + sighting.wait_ns > signed_ns(ended)) return true;
  if (group_ == nullptr) {
    const auto& seen_until = join_.seen_until_[host];
    return seen_until && sighting.when.latest > signed_ns(*seen_until);
  }
  return moment_ == Moment::kFinished &&
         (group_->first_came_ns == kNotYetNs ||
          join_.settled_ns_ - group_->first_came_ns < sighting.wait_ns);
}

// A loss is noticed after it happened, and a record comes after its packet was sent: looking back
// by a whole hold covers both.
bool PathJoin::LiveWatchers::may_have_lost(HostId host) const {
  const Losses& losses = join_.losses_[host];
  if (group_ == nullptr) return losses.total != 0;
  if (losses.rose) return true;
  const std::int64_t came_ns =
      group_->first_came_ns == kNotYetNs ? join_.now_ns_ : group_->first_came_ns;
  return losses.last_ns && *losses.last_ns >= came_ns - join_.options_.hold_ns;
}

bool PathJoin::saw_all(const Hosts::Place& there, HostId here, std::uint64_t from_ns,
                       std::uint64_t to_ns) const {
  const LiveWatchers watchers(*this, nullptr, Moment::kDue);
  return Absence(hosts_, clocks_, watchers, numbers_, {options_.hold_ns, options_.grace_ns})
      .saw_all(there, here, from_ns, to_ns);
}

}  // namespace wgt::join
