// SPDX-License-Identifier: GPL-2.0-only
// watch --pair: this host's records and those that the tunnel's other end sends
// (plugin/source/peer), joined live.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "plugin/app/interface.h"
#include "plugin/app/path_stream.h"
#include "plugin/app/watch.h"
#include "plugin/source/peer/dialer.h"

namespace wgt::app {

struct PairOptions {
  session::Target target;
  std::optional<wg::PublicKey> peer;  // nullopt: the one that is there
  std::string expression;             // of the filter in the choice
  std::uint32_t sample = 1;           // one of so many packet numbers
};

// As watch(). An error when the first connection fails; a later one is made again and again, and
// the gap is told.
Result<explain::Summary> watch_paired(const kernel::PinDirectory& pins, const Interface& interface,
                                      const LiveOptions& options, const PathChoice& choice,
                                      const PairOptions& pair, sink::Sink& writer,
                                      std::ostream& out);

}  // namespace wgt::app
