// SPDX-License-Identifier: GPL-2.0-only
// One packet, one path: the model that every output is made from (text, JSON,
// later metrics and exports). Plain values; nothing here knows how a path was
// observed or how it will be printed. Made by view_builder.cpp from join results.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/event/packet_key.h"
#include "plugin/event/tuple.h"
#include "plugin/event/verdict.h"
#include "wgtools/wg/key.h"

namespace wgt::explain {

using event::Stage;
using event::Tuple;
using event::VerdictId;
using event::VerdictSide;

enum class Certainty : std::uint8_t {
  kExact,     // observed
  kInferred,  // the only explanation left
  kUnknown,   // records were lost, or that side was not watched
};
const char* certainty_name(Certainty certainty);

struct Hop {
  Stage stage;
  std::uint64_t ns;  // since the side's first hop
};

// One host's part of the path.
struct Side {
  std::string host;
  std::optional<std::string> netns;  // nullopt: the initial namespace
  std::string interface;
  std::optional<wg::PublicKey> peer;     // the other end's key
  bool complete = false;                 // every hop up to this side's end was observed
  std::int64_t t0_wall_ns = 0;           // first hop (or the drop), CLOCK_REALTIME; 0: not known
  std::vector<Hop> hops;                 // in path order; empty: only the drop was observed
  std::optional<Tuple> outer;            // rx only: what the receiver saw
  std::int64_t tried_since_wall_ns = 0;  // tx.waiting: the handshake it waits for; 0: not known
  std::uint16_t gso_segment = 0;         // tx only; gso_segments 0: not from a super-packet
  std::uint16_t gso_segments = 0;
};

// How people call this end: "b", or "vm/b" when it is the network namespace b of vm.
std::string side_label(const Side& side);

struct Network {
  std::int64_t ns = 0;         // sender's outer_out to receiver's first hop
  std::uint64_t error_ns = 0;  // true value lies within ns ± error_ns
};

// A path that carried the packet: another tunnel of the sender's, or another peer of the same.
struct Carrier {
  std::string interface;
  std::optional<std::string> netns;  // as Side::netns
  std::optional<wg::PublicKey> peer;
  std::optional<event::PacketKey> key;
  VerdictId verdict = VerdictId::UNKNOWN;  // its own
};

struct Verdict {
  VerdictId id = VerdictId::UNKNOWN;
  VerdictSide side = VerdictSide::kNone;
  std::optional<Stage> stage;           // the last step it reached, or died at
  std::string in_carrier;               // the interface of that step; "": the packet's own
  std::optional<std::string> reason;    // the kernel's name, errno name, "duplicate", …
  std::optional<std::string> function;  // kernel function that freed the packet
  std::vector<std::string> stack;       // how the kernel came there, innermost first; if asked for
  Certainty certainty = Certainty::kUnknown;
  std::string message;                 // one sentence: what happened
  std::optional<std::string> advice;   // what to do; a complete command where one exists
  std::optional<std::string> command;  // that command, with which advice then ends
};

struct PathView {
  std::optional<event::PacketKey> key;  // nullopt: died before it was numbered
  std::optional<Tuple> inner;  // nullopt: could not be decrypted and the sender was not watched
  std::optional<Tuple> outer;  // as the sender sent it
  std::optional<Side> tx;
  std::optional<Side> rx;
  std::optional<Network> network;
  std::vector<Carrier> via;  // the first one's own carrier next; empty: none is known
  Verdict verdict;
  std::optional<VerdictId> amends;  // what an earlier view of this packet said; nullopt: none did
};

// The last line of every stream of paths.
struct Summary {
  std::uint64_t paths = 0;
  std::uint64_t amended = 0;   // of them were shown again, because they ended otherwise
  std::uint64_t filtered = 0;  // records that the filter or --drops left out
  std::uint64_t sampled = 0;   // records that were not in the sample
  std::uint64_t lost = 0;      // records the producer could not write
  bool cut = false;            // a recording ended in the middle of a record
  bool damaged = false;        // or is broken: only what came before that was read
  bool taken_down = false;     // tracing ended before the watch: the last records may be missing
  std::map<std::string, std::uint64_t> by_verdict;
};

}  // namespace wgt::explain
