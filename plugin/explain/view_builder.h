// SPDX-License-Identifier: GPL-2.0-only
// Join results to PathViews: the only place that knows both.
#pragma once

#include <functional>
#include <span>

#include "plugin/event/host_info.h"
#include "plugin/explain/path_view.h"
#include "plugin/join/joined_path.h"
#include "wgtools/wg/device.h"

namespace wgt::explain {

// An interface as it is configured now, for the AllowedIPs and peers in advice. null when that is
// not known, as for a recording. The result must stay valid during the call only.
using DeviceLookup =
    std::function<const wg::Device*(const event::HostInfo& host, event::DeviceKey device)>;

// hosts: those that joined's HostIds count. device_of may be empty.
PathView build_path_view(const join::JoinedPath& joined, std::span<const event::HostInfo> hosts,
                         const DeviceLookup& device_of);

}  // namespace wgt::explain
