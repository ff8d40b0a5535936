// SPDX-License-Identifier: GPL-2.0-only
// The inverse of from_abi.h: keys of the kernel side's maps, and events as the records of which
// sessions and recordings are made. What decode() reads and to_abi() writes is the same record, but
// for bytes that mean nothing.
#pragma once

#include "plugin/event/event.h"

struct wgt_device_key;
struct wgt_record;
struct wgt_tuple;

namespace wgt::event {

wgt_device_key to_abi(const DeviceKey& key);
wgt_tuple to_abi(const Tuple& tuple);
wgt_record to_abi(const Event& event);

}  // namespace wgt::event
