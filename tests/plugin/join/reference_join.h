// SPDX-License-Identifier: GPL-2.0-only
// What the join of recordings is measured by: all records are at hand, so nothing waits, and each
// packet is concluded from everything that is known about it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "plugin/join/absence.h"
#include "plugin/join/handshake_join.h"
#include "plugin/join/joined_path.h"
#include "plugin/join/recordings.h"
#include "plugin/source/source.h"

namespace wgt::join {

// Every path of the recordings of the sources, in order of sending.
std::vector<JoinedPath> reference_join(std::span<source::Source* const> sources,
                                       std::span<const std::string> names);

}  // namespace wgt::join
