// SPDX-License-Identifier: GPL-2.0-only
// What a host keeps about its peers between the commands: handshakes, timers, sessions, counts.
// Host byte order. Times are CLOCK_MONOTONIC nanoseconds, 0 = never, unless said otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "plugin/event/hs.h"
#include "plugin/event/tuple.h"
#include "plugin/event/verdict.h"
#include "wgtools/base/ip.h"
#include "wgtools/wg/key.h"

namespace wgt::event {

// A number for each thing that can happen to a handshake.
class PerHs {
 public:
  std::uint64_t& operator[](Hs what) { return values_[static_cast<std::size_t>(what)]; }
  std::uint64_t operator[](Hs what) const { return values_[static_cast<std::size_t>(what)]; }

 private:
  std::array<std::uint64_t, kHsCount> values_ = {};
};

struct EndpointChange {
  std::uint64_t after_ns = 0;         // it was between
  std::uint64_t ns = 0;               // and
  std::optional<Endpoint> from = {};  // nullopt: none
  std::optional<Endpoint> to = {};
  // INITIATION_ACCEPTED or COMPLETED: that handshake message, exactly at ns. NONE: a data message
  // or `wg set`.
  Hs by = Hs::NONE;
};

struct BegunSession {
  std::uint64_t ns = 0;
  std::uint32_t local_index = 0;
  std::uint32_t remote_index = 0;
  bool i_am_initiator = false;
  // The address of ours that the peer's initiation was sent to; nullopt: not known.
  std::optional<IpAddress> asked_at = {};
};

// Of one peer, since `up`, or since it was not used for the longest time of all.
struct HandshakeHistory {
  std::uint64_t first_ns = 0;
  PerHs count = {};
  PerHs last_ns = {};
  std::uint64_t previous_silence_ns = 0;  // the one before last_ns[SILENCE]
  std::uint64_t begun_ns = 0;             // first attempt since the last handshake that completed
  std::uint64_t tried_ns = 0;             // last attempt, whether it left the host or not
  std::uint64_t rtt_ns = 0;               // initiation to response, of the last response; 0: none
  std::int64_t their_time_s = 0;  // newest time stamp accepted from it, its own clock: UNIX time
  std::uint32_t attempts = 0;     // since the last handshake that completed, or was accepted
  std::uint32_t unconfirmed = 0;  // responses sent since then, whose session was never used
  Hs result = Hs::NONE;           // the last one that is a result
  int error = 0;                  // errno of the last NOT_LEAVING
  std::uint64_t endpoint_changes = 0;        // all of them
  std::vector<EndpointChange> changes = {};  // the last ones, oldest first
  std::vector<BegunSession> sessions = {};   // the last ones, oldest first
};

// The kernel's own timers and queues of a peer at one moment.
struct PeerNow {
  std::uint64_t ns = 0;  // when
  // Until the kernel begins a handshake because nothing came back since data was sent; negative:
  // it is late. nullopt: it does not wait for an answer. Precise to a jiffy.
  std::optional<std::int64_t> new_handshake_in_ns = {};
  bool owes_keepalive = false;        // data came, nothing was sent since
  std::uint64_t window_counter = 0;   // one above the highest number of the newest session
  std::uint32_t window_received = 0;  // of its last numbers, as many as came
  std::uint32_t window_expected = 0;  // and as many as there are
  std::uint32_t staged = 0;           // packets that wait for a handshake
  std::uint32_t rx_queued = 0;        // packets
  std::uint32_t came_bytes = 0;       // of data, since the second unanswered attempt
};

// Our own interface's listen port became another one.
struct PortChange {
  std::uint64_t ns = 0;
  std::uint16_t from = 0;
  std::uint64_t tx_bytes = 0;  // wg::Peer::tx_bytes at that time
};

// Messages that belong to no peer, of one sender and one result.
struct UnknownSender {
  Hs result = Hs::NONE;
  std::optional<wg::PublicKey> initiator = {};  // of UNKNOWN_INITIATOR
  std::optional<Endpoint> source = {};          // of the last one
  std::uint64_t count = 0;                      // messages
  std::uint64_t last_ns = 0;
  // Of those that came without a pause of a minute, how many, and when the first came.
  std::uint64_t first_ns = 0;
  std::uint32_t without_pause = 0;
};

enum class SessionPlace : std::uint8_t { kCurrent, kPrevious, kNext };

struct Session {
  SessionPlace place = SessionPlace::kCurrent;
  std::uint32_t local_index = 0;       // receiver index of packets that arrive here
  std::uint32_t remote_index = 0;      // receiver index of packets sent from here
  std::uint64_t sent_counter = 0;      // next number to send
  std::uint64_t received_counter = 0;  // one above the highest number accepted
  std::uint64_t birth_boot_ns = 0;     // CLOCK_BOOTTIME
  bool i_am_initiator = false;
};

// A peer as the kernel has it.
struct PeerSessions {
  wg::PublicKey peer = {};
  std::uint64_t peer_id = 0;  // wg_peer.internal_id
  std::vector<Session> sessions = {};
};

// Drops of one verdict and one reason, counted whether or not anybody watches.
struct CountedDrops {
  std::optional<wg::PublicKey> peer = {};  // nullopt: no peer is known to be meant
  VerdictId verdict = VerdictId::UNKNOWN;
  std::uint32_t reason = 0;  // as StackDrop::reason; of NETWORK_REJECTED for icmp_error()
  std::uint64_t count = 0;
  std::uint64_t last_ns = 0;
  Tuple inner = {};  // of the last one
  Tuple outer = {};
};

// Bucket b: [2^(b+8), 2^(b+9)) ns; the ends are open.
inline constexpr std::size_t kLatencyBuckets = 24;
using Histogram = std::array<std::uint64_t, kLatencyBuckets>;

}  // namespace wgt::event
