// SPDX-License-Identifier: GPL-2.0-only
// The inverse of from_abi.h, for keys of the kernel side's maps and for records that go into a
// recording or over the wire.
#pragma once

#include "plugin/event/device_key.h"
#include "plugin/event/tuple.h"

struct wgt_device_key;
struct wgt_tuple;

namespace wgt::event {

wgt_device_key to_abi(const DeviceKey& key);
wgt_tuple to_abi(const Tuple& tuple);

}  // namespace wgt::event
