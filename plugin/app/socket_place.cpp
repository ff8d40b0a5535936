// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/socket_place.h"

#include "plugin/source/kernel/bpffs.h"
#include "plugin/source/kernel/tracer.h"
#include "wgtools/base/netns.h"

namespace wgt::app {

Result<health::Place> place_of(std::uint32_t netns) {
  WGT_TRY(const UniqueFd own, open_current_netns());
  health::Place place;
  place.here = netns_inum(own) == netns;
  place.netns = netns_name(netns);
  if (const auto initial = open_initial_netns()) place.initial = netns_inum(*initial) == netns;
  return place;
}

std::uint32_t traced_socket(const event::DeviceKey& device) {
  const auto pins = kernel::PinDirectory::find();
  if (!pins || !pins->exists()) return 0;
  const auto traced = kernel::traced_devices(*pins);
  if (!traced) return 0;
  for (const kernel::TracedDevice& one : *traced)
    if (one.key.netns == device.netns && one.key.ifindex == device.ifindex) return one.outer_netns;
  return 0;
}

}  // namespace wgt::app
