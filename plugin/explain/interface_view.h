// SPDX-License-Identifier: GPL-2.0-only
// One traced interface as `show` tells it: what wg knows, and what the kernel side counted since
// `up`. Pure: every number comes in, every conclusion is drawn here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plugin/event/device_key.h"
#include "plugin/event/peer_state.h"
#include "plugin/explain/path_view.h"
#include "wgtools/wg/device.h"

namespace wgt::explain {

using event::Histogram;

// Sums over CPUs, of a peer.
struct PeerSums {
  // Decrypted and never looked up in AllowedIPs: refused in between, or on the way. The smallest
  // of several reads, so that packets on the way are not taken for refused ones. nullopt: the
  // peer shares its slot with another one.
  std::optional<std::uint64_t> missing = {};
  Histogram tx_latency = {};
  Histogram rx_latency = {};
};

// The last ones that were measured to a peer's host.
struct RoundTrips {
  std::optional<std::uint64_t> handshake_ns = {};  // initiation to response
  std::optional<std::uint64_t> session_ns = {};    // of a paired session, outside the tunnel
  std::uint64_t session_at_ns = 0;                 // when: CLOCK_MONOTONIC
};

// An interface as it was read.
struct InterfaceReading {
  event::DeviceKey key = {};
  wg::Device device = {};
  std::optional<std::string> netns = {};  // name under /run/netns; nullopt: the initial namespace
  bool own_netns = true;                  // the caller's
  std::uint64_t up_mono_ns = 0;           // traced since: CLOCK_MONOTONIC
  std::uint64_t rx_errors_at_up = 0;      // the interface's own counter at that time
  std::uint32_t outer_netns = 0;          // where its encrypted packets are; 0: not known
  std::optional<std::uint64_t> rx_errors = {};  // the interface's own counter now
  std::optional<bool> up = {};
  std::vector<event::CountedDrops> drops = {};
  std::vector<event::PeerSessions> sessions = {};
  std::map<wg::PublicKey, RoundTrips> round_trips = {};
  std::map<std::uint64_t, PeerSums> sums = {};             // by PeerSessions.peer_id
  std::map<std::uint32_t, std::string> drop_reasons = {};  // enum skb_drop_reason
  std::map<std::string, std::uint64_t> lost = {};          // records, by cause, all interfaces
  std::int64_t wall_ns = 0, mono_ns = 0, boot_ns = 0;      // now
};

struct DropRow {
  VerdictId verdict = VerdictId::UNKNOWN;
  std::optional<std::string> reason = {};  // the kernel's; of UNKNOWN: what it may have been
  std::uint64_t count = 0;
  std::int64_t last_wall_ns = 0;  // 0: it follows from totals, which have no times
  std::optional<Tuple> inner = {};
  std::optional<Tuple> outer = {};
};

struct Latency {
  std::uint64_t samples = 0;
  std::uint64_t p50_ns = 0;  // with the histogram's precision: a factor of two
  std::uint64_t p99_ns = 0;
  Histogram histogram = {};
};

struct SessionRow {
  const char* place = "";  // "current", "previous", "next"
  std::uint32_t local_index = 0;
  std::uint32_t remote_index = 0;
  std::int64_t age_s = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;  // the highest number accepted, plus one
  bool initiator = false;
};

struct PeerSection {
  wg::Peer peer = {};
  std::vector<DropRow> drops = {};  // the latest first
  Latency tx = {};
  Latency rx = {};
  std::vector<SessionRow> sessions = {};
  std::optional<std::uint64_t> handshake_trip_ns = {};
  std::optional<std::uint64_t> session_trip_ns = {};
  std::int64_t session_trip_age_s = 0;
};

struct InterfaceView {
  event::DeviceKey key = {};
  wg::Device device = {};  // without its peers
  std::optional<std::string> netns = {};
  bool own_netns = true;
  std::uint32_t outer_netns = 0;  // namespace (inode) of its encrypted packets; 0: not known
  std::optional<bool> up = {};
  std::int64_t wall_ns = 0;  // when this was read
  std::int64_t traced_since_wall_ns = 0;
  std::vector<DropRow> drops = {};          // no peer is known to be meant
  std::vector<DropRow> removed_drops = {};  // of peers that are not configured any more
  std::map<std::string, std::uint64_t> lost = {};
  std::vector<PeerSection> peers = {};  // in wg's order: the latest handshake first
};

InterfaceView build_interface_view(InterfaceReading facts);

// rx.replay is seen by a hook only while somebody watches. Otherwise it follows: what was
// decrypted (PeerSums::missing) and neither looked up nor refused for another reason.
struct Refused {
  std::uint64_t replayed = 0;
  std::uint64_t replayed_or_bad_inner = 0;
};
// counted: of this peer's drops: rx.disallowed_source, rx.replay and rx.bad_inner.
// bad_inner: bad inner packets of the device that were not counted; nullopt: not known.
Refused refused_unseen(std::uint64_t missing, std::uint64_t counted,
                       std::optional<std::uint64_t> bad_inner);

// The value that `share` (0 to 1) of the samples do not exceed, straight-lined within its bucket;
// at the open end its lower bound. 0 without samples.
std::uint64_t quantile_ns(const Histogram& histogram, double share);

}  // namespace wgt::explain
