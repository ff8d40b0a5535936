// SPDX-License-Identifier: GPL-2.0-only
// sources -> join -> choice -> sink, of sources that end by themselves: all their events are taken
// in first.
#pragma once

#include <span>
#include <string>

#include "plugin/app/path_stream.h"
#include "plugin/source/source.h"
#include "wgtools/base/result.h"

namespace wgt::app {

// What is wrong with a source (cut, damaged, broken events) is said on stderr under its name.
// handshakes: their steps, too.
Result<explain::Summary> run_batch(std::span<source::Source* const> sources,
                                   std::span<const std::string> names, const PathChoice& choice,
                                   bool handshakes, sink::Sink& sink);

}  // namespace wgt::app
