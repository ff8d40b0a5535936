// SPDX-License-Identifier: GPL-2.0-only
// join: paths out of recordings.
#pragma once

#include <span>
#include <string>

#include "plugin/app/path_stream.h"
#include "wgtools/base/result.h"

namespace wgt::app {

// What is wrong with a file (cut, damaged, records lost) is said on stderr. handshakes: their
// steps, too.
Result<explain::Summary> join_files(std::span<const std::string> files, const PathChoice& choice,
                                    bool handshakes, sink::Sink& sink);

}  // namespace wgt::app
