// SPDX-License-Identifier: GPL-2.0-only
// What recordings can testify to: who was watched when, and where events are missing.
#pragma once

#include <vector>

#include "plugin/join/coverage.h"
#include "plugin/join/recordings.h"

namespace wgt::join {

class RecordedWatchers final : public Watchers {
 public:
  explicit RecordedWatchers(const Recordings& recordings);

  std::span<const Watcher> of(HostId host) const override { return by_host_[host]; }
  Coverage coverage(const Watcher& watcher, const event::DeviceKey& device,
                    const Sighting& sighting) const override;

 private:
  const Recordings& recordings_;
  std::vector<std::vector<Watcher>> by_host_;
};

}  // namespace wgt::join
