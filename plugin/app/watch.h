// SPDX-License-Identifier: GPL-2.0-only
// watch: the pipeline with this host as its source, and perhaps the tunnel's other end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "plugin/app/interface.h"
#include "plugin/app/live_run.h"
#include "plugin/app/path_stream.h"
#include "plugin/source/kernel/bpffs.h"
#include "plugin/source/peer/dialer.h"
#include "plugin/source/source.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct LiveOptions {
  source::Wanted wanted;
  std::optional<std::chrono::milliseconds> duration;
  // Called when every record from then on will be seen, instead of saying "listening …".
  std::function<void(LiveRun& run)> begun = {};
};

struct PairOptions {
  session::Target target;
  std::optional<wg::PublicKey> peer;  // nullopt: the one that is there
  std::string expression;             // of the filter in the choice
  std::uint32_t sample = 1;           // one of so many packet numbers
};

// What the filter does not take is not even made into records; if it can't run in the kernel, says
// so. Not for pairs: both ends must leave out the same packets.
void filter_in_kernel(source::Wanted& wanted, const filter::PacketFilter& filter);

// Says "listening …" on stderr. Returns the closing summary; its `lost` counts every record that
// may be missing.
Result<explain::Summary> watch(const kernel::PinDirectory& pins, LiveOptions options,
                               const PathChoice& choice, sink::Sink& sink);

// The same with the records that the tunnel's other end sends. An error when the first connection
// fails; a later one is made again and again, and the gap is told.
Result<explain::Summary> watch_paired(const kernel::PinDirectory& pins, const Interface& interface,
                                      const LiveOptions& options, const PathChoice& choice,
                                      const PairOptions& pair, sink::Sink& sink);

}  // namespace wgt::app
