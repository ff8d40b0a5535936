// SPDX-License-Identifier: GPL-2.0-only
// The JSON payloads of a recording, both ways. Pure.
#pragma once

#include <string>
#include <string_view>

#include "plugin/event/host_info.h"
#include "plugin/source/recording/format.h"
#include "wgtools/base/result.h"

namespace wgt::recording {

std::string host_to_json(const event::HostInfo& host);
std::string lost_to_json(const LostReport& lost);
std::string end_to_json(const EndSummary& end);

// Errors: kCorrupt.
Result<event::HostInfo> host_from_json(std::string_view text);
Result<LostReport> lost_from_json(std::string_view text);
Result<EndSummary> end_from_json(std::string_view text);

}  // namespace wgt::recording
