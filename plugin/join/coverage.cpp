// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/coverage.h"

#include <algorithm>
#include <optional>

#include "plugin/join/host_clocks.h"

namespace wgt::join {
namespace {

Coverage within(const event::DeviceInfo& device, const Sighting& sighting) {
  if (sighting.when.earliest < signed_ns(device.traced_since_mono_ns)) return Coverage::kUnwatched;
  if (device.traced_until_mono_ns == 0) return Coverage::kCovered;
  const std::int64_t until = signed_ns(device.traced_until_mono_ns);
  if (sighting.when.latest >= until) return Coverage::kUnwatched;
  return sighting.when.latest + sighting.wait_ns > until ? Coverage::kNotYet : Coverage::kCovered;
}

}  // namespace

Coverage traced(const event::HostInfo& info, const event::DeviceKey& device,
                const Sighting& sighting, Coverage unlisted) {
  std::optional<Coverage> best;
  // Once for each time that it was traced.
  for (const event::DeviceInfo& listed : info.devices)
    if (listed.key == device)
      best = std::max(best.value_or(Coverage::kUnwatched), within(listed, sighting));
  if (!best) return unlisted;
  return sighting.device_was_seen ? Coverage::kCovered : *best;
}

}  // namespace wgt::join
