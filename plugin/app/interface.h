// SPDX-License-Identifier: GPL-2.0-only
// The interface that a command names: IFACE, and perhaps -n NETNS.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "plugin/event/device_key.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"
#include "wgtools/wg/device.h"

namespace wgt::app {

struct Interface {
  event::DeviceKey key;
  UniqueFd netns;
  wg::Device device;
  std::string label;  // "wg0" or "wg0 in a", for messages
};

// netns: a name under /run/netns, else the caller's own namespace.
// Errors: kNotFound, kUnsupported (not WireGuard, no WireGuard), kPermission.
Result<Interface> find_interface(const std::string& name, const std::optional<std::string>& netns);

// Dumps the device again in its namespace.
Result<wg::Device> dump(const Interface& interface);

// The interface's own count of receive errors, from its namespace's /proc/net/dev.
Result<std::uint64_t> rx_errors(const Interface& interface);

// Whether it is up (IFF_UP).
Result<bool> is_up(const Interface& interface);

}  // namespace wgt::app
