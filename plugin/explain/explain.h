// SPDX-License-Identifier: GPL-2.0-only
// From a joined path to its verdict: certainty, reason, sentence and advice.
#pragma once

#include <span>

#include "plugin/event/host_info.h"
#include "plugin/explain/path_view.h"
#include "plugin/join/joined_path.h"
#include "wgtools/wg/device.h"

namespace wgt::explain {

// path: the same packet with everything but the verdict filled in. device: the interface that the
// verdict is about (side_of) as it is configured now; null when that is not known.
Verdict explain(const join::JoinedPath& joined, const PathView& path,
                std::span<const event::HostInfo> hosts, const wg::Device* device);

}  // namespace wgt::explain
