// SPDX-License-Identifier: GPL-2.0-only
// sources -> join -> choice -> sink, of sources that end by themselves (recorded_join.h).
#pragma once

#include <span>
#include <string>

#include "plugin/app/path_stream.h"
#include "plugin/source/source.h"
#include "wgtools/base/result.h"

namespace wgt::app {

// Each source is started twice, first for an outline. What is wrong with one (cut, damaged, broken
// events) is said on stderr under its name.
// handshakes: their steps, too.
Result<explain::Summary> run_batch(std::span<source::Source* const> sources,
                                   std::span<const std::string> names, const PathChoice& choice,
                                   bool handshakes, sink::Sink& sink);

}  // namespace wgt::app
