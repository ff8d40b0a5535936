// SPDX-License-Identifier: GPL-2.0-only
// What recordings can testify to, and how far apart their clocks are: from an outline of each,
// before anything is joined.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plugin/join/recordings.h"
#include "plugin/join/rough_clocks.h"
#include "plugin/source/source.h"

namespace wgt::app {

struct Survey {
  join::Recordings recordings;
  std::vector<std::optional<join::HostId>> host_of;  // by source; nullopt: it names none
  join::RoughClocks clocks;
};

// Starts every source once, in order. Errors: one that can't be started.
Result<Survey> survey(std::span<source::Source* const> sources, std::span<const std::string> names);

}  // namespace wgt::app
