// SPDX-License-Identifier: GPL-2.0-only
// What the join puts out: the records of one packet from one or two hosts, and
// what follows from them. plugin/explain turns it into a PathView.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bpf/abi/record.h"
#include "plugin/event/hops.h"
#include "plugin/event/packet_key.h"
#include "plugin/event/verdict.h"

namespace wgt::join {

using HostId = std::size_t;  // index of the host's HostInfo

struct Observed {
  HostId host = 0;
  wgt_record record{};
};

// Why the verdict is what it is.
enum class Basis : std::uint8_t {
  kObserved,            // a record says so
  kOnlyExplanation,     // inferred. network.lost: sent here, receiver watched, nothing lost, not
                        // seen there; a drop: matched by its flow (WGT_F_INFERRED)
  kReceiverNotWatched,  // left this host; nobody looked at the other end
  kRecordsLost,         // a record that could tell may be among the lost ones
  kStillOpen,           // watching ended before it could be decided, here or there
};

struct NetworkTime {
  std::int64_t ns = 0;         // sender's last hop to receiver's first
  std::uint64_t error_ns = 0;  // the true time lies within ns ± error_ns
};

struct Ending {
  event::VerdictId verdict = event::VerdictId::UNKNOWN;
  Basis basis = Basis::kObserved;
  bool shown = true;  // the sink's answer, then
};

struct JoinedPath {
  std::optional<Observed> tx;
  std::optional<Observed> rx;
  std::optional<Observed> drop;  // the WGT_DROP record that ended it, if one did
  std::optional<NetworkTime> network;
  event::VerdictId verdict = event::VerdictId::UNKNOWN;
  Basis basis = Basis::kObserved;
  std::optional<Ending> amends;  // what was said when the path was put out before
  bool shown = false;            // whether the sink has shown it to anybody yet, in whatever form
};

}  // namespace wgt::join
