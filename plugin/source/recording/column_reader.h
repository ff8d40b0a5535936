// SPDX-License-Identifier: GPL-2.0-only
// The body of a records block -> events (section RECORDS of wg-trace-recording.5). Pure; nothing in
// it is trusted.
#pragma once

#include <cstdint>
#include <vector>

#include "plugin/event/from_abi.h"
#include "wgtools/base/bytes.h"
#include "wgtools/base/result.h"

namespace wgt::recording {

// Appends `count` events, but for those that do not decode: they are counted in `stats`. Errors:
// kCorrupt for bytes that are no such body; `events` is then as it was.
Result<void> decode_columns(Bytes body, std::uint32_t count, std::vector<event::Event>& events,
                            event::DecodeStats& stats);

}  // namespace wgt::recording
