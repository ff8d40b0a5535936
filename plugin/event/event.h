// SPDX-License-Identifier: GPL-2.0-only
// What happened to one packet, or to one handshake message, on one host. Times are
// CLOCK_MONOTONIC nanoseconds of that host, 0: not observed. Made in from_abi.h.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <variant>

#include "plugin/event/device_key.h"
#include "plugin/event/hs.h"
#include "plugin/event/packet_key.h"
#include "plugin/event/tuple.h"
#include "plugin/event/verdict.h"
#include "wgtools/wg/key.h"

namespace wgt::event {

// Far beyond any uptime, and small enough that sums and differences of a few
// times never overflow: hostile files and peers are read, too.
inline constexpr std::uint64_t kMaxMonoNs = std::uint64_t{1} << 60U;

struct Origin {
  DeviceKey device;                   // ifindex 0: not known; of a drop outside WireGuard
  std::optional<wg::PublicKey> peer;  // the other end's
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct PacketEvent : Origin {
  std::optional<PacketKey> key;  // nullopt: it has no number
  bool matched = false;          // source::Wanted::filter took the inner packet
  Tuple outer;
  friend auto operator<=>(const PacketEvent&, const PacketEvent&) = default;
};

// A packet that this host sent, or failed to send.
struct Sent : PacketEvent {
  enum Hop : std::uint8_t { kWgXmit, kEncrypt, kUdpTunnelXmit, kOuterOut, kHops };
  std::array<std::uint64_t, kHops> hop_ns = {};
  Tuple inner;
  VerdictId verdict = VerdictId::UNKNOWN;  // UNKNOWN: it left the host
  std::uint32_t cause = 0;                 // of causes.def; 0: none
  std::int32_t error = 0;                  // negative errno where the verdict has one
  std::uint64_t tried_since_ns = 0;        // TX_WAITING: a handshake with the peer; 0: not known
  std::uint16_t gso_segment = 0;           // 0-based place in the super-packet
  std::uint16_t gso_segments = 0;          // 0: of no super-packet
  friend auto operator<=>(const Sent&, const Sent&) = default;
};

// A data message that reached WireGuard on this host.
struct Received : PacketEvent {
  enum Hop : std::uint8_t {
    kOuterIn,
    kWgReceive,
    kDecrypt,
    kReplay,
    kAllowedIps,
    kDelivered,
    kHops
  };
  std::array<std::uint64_t, kHops> hop_ns = {};
  Tuple inner;
  VerdictId verdict = VerdictId::UNKNOWN;
  std::uint32_t cause = 0;  // of causes.def; 0: none
  bool inferred = false;    // the verdict is the only explanation left, but was not observed
  bool too_old = false;     // RX_REPLAY: behind the window; else a duplicate
  friend auto operator<=>(const Received&, const Received&) = default;
};

// The end of a packet, whose way was not seen: dropped by the host's own stack, or by WireGuard
// before it was sent. Amends the Sent or Received with the same key, which may come before or
// after it; without a key it is all there is.
struct StackDrop : PacketEvent {
  std::uint64_t at_ns = 0;
  Tuple inner;
  VerdictId verdict = VerdictId::UNKNOWN;
  std::uint32_t reason = 0;    // is_stack_drop(): enum skb_drop_reason, else of causes.def; 0: none
  std::uint32_t stack = 0;     // of HostInfo::stacks; 0: none
  std::uint64_t location = 0;  // kernel address that freed the packet; 0: none
  bool port_match = false;     // the port is a traced device's own
  bool inferred = false;       // the verdict, or whose packet it is: not observed
  friend auto operator<=>(const StackDrop&, const StackDrop&) = default;
};

// What an ICMP error says.
struct IcmpError {
  std::uint8_t version = 0;  // of IP
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  bool dropped_locally = false;  // by the sender's own stack: it learns no size
  friend auto operator<=>(const IcmpError&, const IcmpError&) = default;
};

// An ICMP error that came back about the encrypted packet that `outer` quotes.
struct Rejection : PacketEvent {
  std::uint64_t at_ns = 0;
  IcmpError what;
  Tuple error;            // its own packet: src is who rejects
  std::uint16_t mtu = 0;  // that it asks for; 0: none
  friend auto operator<=>(const Rejection&, const Rejection&) = default;
};

// The first fragment of an encrypted packet came. The whole packet, if it comes, is Received.
struct FirstFragment : PacketEvent {
  std::uint64_t at_ns = 0;
  friend auto operator<=>(const FirstFragment&, const FirstFragment&) = default;
};

// A step of a handshake; no packet of anybody's. peer: also the key of an unknown initiator.
struct HandshakeStep : Origin {
  Hs what = Hs::NONE;
  std::uint64_t at_ns = 0;
  std::uint64_t initiated_ns = 0;    // when the initiation was made that it is about
  std::uint32_t sender_index = 0;    // as in the message, 0: none. COMPLETED: of the session
  std::uint32_t receiver_index = 0;  // the same
  Tuple outer;                       // the message as it came
  std::uint32_t attempts = 0;        // until then
  std::uint32_t reason = 0;          // DROPPED_OUT and DROPPED_IN: enum skb_drop_reason
  std::int32_t error = 0;            // negative errno of NOT_LEAVING
  friend auto operator<=>(const HandshakeStep&, const HandshakeStep&) = default;
};

using Event = std::variant<Sent, Received, StackDrop, Rejection, FirstFragment, HandshakeStep>;

inline bool is_drop(const Event& event) {
  return std::holds_alternative<StackDrop>(event) || std::holds_alternative<Rejection>(event) ||
         std::holds_alternative<FirstFragment>(event);
}

// Whether the event tells an end that is not as it should be.
bool is_failure(const Event& event);
// PacketEvent::matched; of a handshake false.
bool is_matched(const Event& event);

// What these give lives in the event: none may be made of one kind for the call.
const Origin& origin_of(const Event& event);
const Origin& origin_of(Event&& event) = delete;
inline const DeviceKey& device_of(const Event& event) { return origin_of(event).device; }
inline const std::optional<wg::PublicKey>& peer_of(const Event& event) {
  return origin_of(event).peer;
}
const DeviceKey& device_of(Event&& event) = delete;
const std::optional<wg::PublicKey>& peer_of(Event&& event) = delete;

// nullptr: of a handshake.
const PacketEvent* packet_of(const Event& event);
const PacketEvent* packet_of(Event&& event) = delete;
std::optional<PacketKey> key_of(const Event& event);  // nullopt: no packet's, or one without
VerdictId verdict_of(const Event& event);             // UNKNOWN of a handshake's

// Of the packet in the tunnel. nullptr: the event does not know it.
const Tuple* inner_of(const Event& event);
const Tuple* inner_of(Event&& event) = delete;
const Tuple* inner_of(const Sent& sent);
const Tuple* inner_of(const Received& received);

// First and last observed hop; 0 when none was.
std::uint64_t first_hop_ns(const Event& event);
std::uint64_t last_hop_ns(const Event& event);
std::uint64_t first_hop_ns(const Sent& sent);
std::uint64_t last_hop_ns(const Sent& sent);
std::uint64_t first_hop_ns(const Received& received);

}  // namespace wgt::event
