// SPDX-License-Identifier: GPL-2.0-only
// Joined paths -> filter -> view -> sink, and the closing summary.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "plugin/event/host_info.h"
#include "plugin/explain/path_view.h"
#include "plugin/explain/view_builder.h"
#include "plugin/filter/packet_filter.h"
#include "plugin/join/joined_path.h"
#include "plugin/sink/sink.h"
#include "plugin/source/source.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct PathChoice {
  filter::PacketFilter filter;  // on the inner packet
  bool drops_only = false;
  std::optional<std::uint64_t> count;  // enough after so many
};

class PathStream {
 public:
  // The writer and the choice must outlive the stream. device_of may be empty.
  PathStream(const PathChoice& choice, sink::Sink& writer, explain::DeviceLookup device_of)
      : choice_(choice), writer_(writer), device_of_(std::move(device_of)) {}

  // Returns whether the path was shown, now or when it was published before: the answer that
  // join::PathJoin brings back with an amendment.
  bool path(const join::JoinedPath& joined, std::span<const event::HostInfo> hosts);
  bool enough() const { return choice_.count && summary_.paths >= *choice_.count; }

  // Writes the closing line, and all that is left. lost: records that the producers could not
  // write. Errors: the output is closed.
  Result<explain::Summary> finish(std::uint64_t lost, bool cut,
                                  const source::LeftOut& left_out = {});

 private:
  bool wanted(const join::JoinedPath& joined) const;
  void take_back(join::Ending ending);

  const PathChoice& choice_;
  sink::Sink& writer_;
  explain::DeviceLookup device_of_;
  explain::Summary summary_;
};

}  // namespace wgt::app
