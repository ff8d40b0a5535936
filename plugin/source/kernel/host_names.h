// SPDX-License-Identifier: GPL-2.0-only
// This host's HostInfo: names of drop reasons from BTF, its clocks, and the names
// of traced devices in whatever namespace they are.
#pragma once

#include <span>
#include <vector>

#include "plugin/event/host_info.h"
#include "wgtools/base/result.h"
#include "wgtools/wg/device.h"

namespace wgt::kernel {

// A traced device with what netlink says of it.
struct NamedDevice {
  event::DeviceInfo info;
  wg::Device device;
};

// A device whose namespace cannot be entered or that is gone is left out.
std::vector<NamedDevice> name_devices(std::span<const event::DeviceKey> devices);

Result<event::HostInfo> host_info(std::span<const NamedDevice> devices);

}  // namespace wgt::kernel
