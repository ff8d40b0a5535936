// SPDX-License-Identifier: GPL-2.0-only
// What pinned maps keep of devices that are not traced any more (deleted, moved to another
// namespace, taken down) is removed: or interfaces that come and go would fill them for ever.
#pragma once

#include <cstddef>
#include <set>
#include <span>

#include "bpf/abi/state.h"
#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::kernel {

// Under pins.lock(). `traced`: what is in wgt_devices.
Result<void> sweep(const PinDirectory& pins, const std::set<wgt_device_key>& traced);

// Whether the device that these bytes of a key or a value begin with is among them.
bool is_of_any(std::span<const std::byte> bytes, const std::set<wgt_device_key>& traced);

}  // namespace wgt::kernel
