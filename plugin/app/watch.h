// SPDX-License-Identifier: GPL-2.0-only
// watch: records of this host -> decode -> join -> view -> output, live.
#pragma once

#include <ostream>

#include "plugin/app/live_loop.h"
#include "plugin/app/path_stream.h"
#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::app {

// Writes paths to `writer`, which writes to `out`; says "listening …" on stderr.
// Returns the closing summary; its `lost` counts every record that may be missing.
Result<explain::Summary> watch(const kernel::PinDirectory& pins, const LiveOptions& options,
                               const PathChoice& choice, sink::Sink& writer, std::ostream& out);

}  // namespace wgt::app
