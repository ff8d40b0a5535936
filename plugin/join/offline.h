// SPDX-License-Identifier: GPL-2.0-only
// The join of recordings. All records are at hand, so nothing waits: each
// packet is concluded from everything that is known about it, and the paths
// come in exact order of sending.
#pragma once

#include <cstdint>
#include <functional>

#include "plugin/join/absence.h"
#include "plugin/join/handshake_join.h"
#include "plugin/join/joined_path.h"
#include "plugin/join/recordings.h"

namespace wgt::join {

struct OfflineStats {
  std::uint64_t records = 0;     // without duplicates
  std::uint64_t duplicates = 0;  // also in another recording of the same host
  std::uint64_t paths = 0;
};

struct OfflineSink {
  std::function<void(const JoinedPath&)> path;
  std::function<void(const JoinedHandshake&)> handshake = {};  // among the paths, by time
};

OfflineStats join_recordings(const Recordings& recordings, const OfflineSink& sink,
                             Waits waits = {});

}  // namespace wgt::join
