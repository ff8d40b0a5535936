// SPDX-License-Identifier: GPL-2.0-only
// record: the same records as watch, to a file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "plugin/app/watch.h"
#include "plugin/filter/packet_filter.h"

namespace wgt::app {

struct RecordOptions {
  LiveOptions live;
  std::string file;
  std::string expression;              // of the filter; the recording tells it to the join
  std::optional<std::uint64_t> count;  // records
};

struct RecordSummary {
  std::uint64_t records = 0;
  std::uint64_t filtered = 0;
  std::uint64_t lost = 0;
  std::map<std::string, std::uint64_t> lost_by_cause;
  bool taken_down = false;  // see LiveResult
};

Result<RecordSummary> record(const kernel::PinDirectory& pins, RecordOptions options,
                             const filter::PacketFilter& filter);

}  // namespace wgt::app
