// SPDX-License-Identifier: GPL-2.0-only
// What the join publishes: the events of one packet from one or two hosts, and
// what follows from them. plugin/explain turns it into a PathView.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "plugin/event/event.h"
#include "plugin/event/verdict.h"

namespace wgt::join {

using HostId = std::size_t;  // index of the host's HostInfo

// What one host saw.
template <class Kind>
struct Seen {
  HostId host = 0;
  Kind event = {};
};
using Observed = Seen<event::Event>;

inline const event::Sent& sent(const Observed& tx) { return std::get<event::Sent>(tx.event); }
inline const event::Received& received(const Observed& rx) {
  return std::get<event::Received>(rx.event);
}

// Why the verdict is what it is.
enum class Basis : std::uint8_t {
  kObserved,            // a record says so
  kOnlyExplanation,     // inferred. network.lost: sent here, receiver watched, nothing lost, not
                        // seen there; a drop: matched by its flow (StackDrop::inferred)
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
  std::optional<Seen<event::Sent>> tx;
  std::optional<Seen<event::Received>> rx;
  std::optional<Observed> drop;  // StackDrop, Rejection or FirstFragment, if one ended it
  std::optional<NetworkTime> network;
  event::VerdictId verdict = event::VerdictId::UNKNOWN;
  Basis basis = Basis::kObserved;
  // In which its message was sent on, as far as that is known then; nullptr: in none (carriers.h).
  std::shared_ptr<const JoinedPath> carrier;
  int carriers = 0;               // in each other
  bool ended_in_carrier = false;  // verdict and basis are the carrier's
  std::optional<Ending> amends;   // what was said when the path was published before
  bool shown = false;             // whether the sink has shown it to anybody yet, in whatever form
};

// The packet in the tunnel, as far as anybody knows it; nullptr: nobody does.
const event::Tuple* inner_of(const JoinedPath& path);

std::optional<event::PacketKey> key_of(const JoinedPath& path);

// Whether a source's filter took the packet; see event::PacketEvent::matched.
bool was_matched(const JoinedPath& path);

}  // namespace wgt::join
