// SPDX-License-Identifier: GPL-2.0-only
// What the kernel side writes (bpf/abi) becomes values in host byte order here.
#pragma once

#include "plugin/event/device_key.h"
#include "plugin/event/tuple.h"

struct wgt_device_key;
struct wgt_tuple;

namespace wgt::event {

DeviceKey from_abi(const wgt_device_key& key);
// Of an unknown packet (version 0): Tuple{}.
Tuple from_abi(const wgt_tuple& tuple);

}  // namespace wgt::event
