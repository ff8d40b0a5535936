// SPDX-License-Identifier: GPL-2.0-only
// watch: records of this host -> decode -> join -> view -> output, live.
#pragma once

#include <chrono>
#include <optional>
#include <ostream>

#include "plugin/app/path_stream.h"
#include "plugin/probe/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct LiveOptions {
  std::optional<wgt_device_key> device;  // nullopt: every traced one, joined with each other
  std::optional<std::chrono::milliseconds> duration;
  bool handshakes = false;  // watch: their steps as well
};

// Writes paths to `writer`, which writes to `out`; says "listening …" on stderr.
// Returns the closing summary; its `lost` counts every record that may be missing.
Result<view::Summary> watch(const probe::PinDirectory& pins, const LiveOptions& options,
                            const PathChoice& choice, output::Writer& writer, std::ostream& out);

}  // namespace wgt::app
