// SPDX-License-Identifier: GPL-2.0-only
// How long a path took, from its first observed hop to its last.
#pragma once

#include <cstdint>
#include <optional>

#include "plugin/explain/path_view.h"

namespace wgt::sink {

// Of one side, or of both with the network in between. nullopt: nothing was observed, or the two
// clocks cannot be compared.
std::optional<std::int64_t> total_ns(const explain::PathView& path);

// The first moment that is known of the path, CLOCK_REALTIME of that host; 0: none is.
std::int64_t start_wall_ns(const explain::PathView& path);

}  // namespace wgt::sink
