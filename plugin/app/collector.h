// SPDX-License-Identifier: GPL-2.0-only
// Takes in what a source of the batch join hands out: a whole recording, or what stands for one.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "plugin/join/recordings.h"
#include "plugin/source/source.h"

namespace wgt::app {

// Starts every source, in order, and takes in all of it. Errors: a source that can't be started,
// or more than max_records in all.
Result<join::Recordings> collect(std::span<source::Source* const> sources,
                                 std::span<const std::string> names,
                                 std::size_t max_records = join::kMaxRecords);

// The same of recordings.
Result<join::Recordings> load_recordings(std::span<const std::string> paths,
                                         std::size_t max_records = join::kMaxRecords);

}  // namespace wgt::app
