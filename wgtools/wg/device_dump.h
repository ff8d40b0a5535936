// SPDX-License-Identifier: GPL-2.0-only
//
// Reads a WireGuard interface from the kernel (generic netlink, WG_CMD_GET_DEVICE) in the calling
// thread's network namespace; base/netns.h goes into another one. Needs CAP_NET_ADMIN there: the
// kernel has no read-only form. Every message takes rtnl_lock, so do not poll fast.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "wgtools/base/result.h"
#include "wgtools/wg/device.h"
#include "wgtools/wg/device_request.h"

namespace wgt::wg {

// When the configuration changes while it is read the dump is repeated, at most 5 times; then the
// last one is returned with `inconsistent` set. Errors, as sentences: "wg0: no such interface"
// (kNotFound), "eth0: not a WireGuard interface" (kUnsupported), kPermission, kInvalid for an
// impossible name, kCorrupt.
Result<Device> get_device(std::string_view ifname);
Result<Device> get_device(std::uint32_t ifindex);

// Below: what of get_device() needs no kernel.

struct DumpAttempt {
  Device device;
  bool interrupted;
};
Result<Device> retry_interrupted(const std::function<Result<DumpAttempt>()>& dump);

}  // namespace wgt::wg
