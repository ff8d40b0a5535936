// SPDX-License-Identifier: GPL-2.0-only
// Events for tests, in one readable line:
//   tx().device(1, 2).peer(kB).counter(5).inner_tcp("10.0.0.1", 4000, "10.0.0.2", 443).at(1000)
// A fresh one has the key (7, 0) and the hops that its kind observes on the way
// to a good end; at() moves them.
#pragma once

#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <type_traits>

#include "plugin/event/event.h"
#include "wgtools/wg/key.h"

namespace wgt::test {

inline wg::PublicKey test_key(std::uint8_t fill) {
  wg::PublicKey key;
  key.bytes.fill(fill);
  return key;
}

inline event::Tuple tuple_of(std::uint8_t proto, const char* src, std::uint16_t sport,
                             const char* dst, std::uint16_t dport) {
  event::Tuple tuple;
  tuple.src = parse_ip(src).value();
  tuple.dst = parse_ip(dst).value();
  tuple.src_port = sport;
  tuple.dst_port = dport;
  tuple.proto = proto;
  tuple.ttl = 64;
  tuple.len = 84;
  return tuple;
}

// Setters are for the kinds that have such a field; for others they do not compile.
template <class Kind>
class EventBuilder {
 public:
  EventBuilder() {
    if constexpr (requires(Kind & kind) { kind.key; }) event_.key = event::PacketKey{7, 0};
    at(1'000'000);
  }

  operator const Kind&() const { return event_; }
  const Kind& build() const { return event_; }
  Kind& operator*() { return event_; }
  Kind* operator->() { return &event_; }

  EventBuilder& device(std::uint32_t netns, std::uint32_t ifindex) {
    return device({netns, ifindex});
  }
  EventBuilder& device(event::DeviceKey key) {
    event_.device = key;
    return *this;
  }
  EventBuilder& peer(const wg::PublicKey& key) {
    event_.peer = key;
    return *this;
  }
  EventBuilder& index(std::uint32_t receiver_index) {
    event_.key->receiver_index = receiver_index;
    return *this;
  }
  EventBuilder& counter(std::uint64_t value) {
    event_.key->counter = value;
    return *this;
  }
  EventBuilder& without_key() {
    event_.key.reset();
    return *this;
  }
  EventBuilder& verdict(event::VerdictId value) {
    event_.verdict = value;
    return *this;
  }
  EventBuilder& too_old() {
    event_.too_old = true;
    return *this;
  }
  EventBuilder& port_match() {
    event_.port_match = true;
    return *this;
  }
  EventBuilder& inferred() {
    event_.inferred = true;
    return *this;
  }
  EventBuilder& gso(std::uint16_t segment, std::uint16_t of) {
    event_.gso_segment = segment;
    event_.gso_segments = of;
    return *this;
  }
  EventBuilder& reason(std::uint32_t reason, std::uint64_t location = 0) {
    event_.reason = reason;
    event_.location = location;
    return *this;
  }
  EventBuilder& reason(event::Cause cause) { return reason(static_cast<std::uint32_t>(cause)); }

  // First hop at `first_ns`, the kind's usual further hops 1 us apart.
  EventBuilder& at(std::uint64_t first_ns) {
    if constexpr (std::is_same_v<Kind, event::Sent>) {
      return hops({first_ns, first_ns + 1000, first_ns + 2000, first_ns + 3000});
    } else if constexpr (std::is_same_v<Kind, event::Received>) {
      return hops(
          {0, first_ns, first_ns + 1000, first_ns + 2000, first_ns + 3000, first_ns + 4000});
    } else {
      event_.at_ns = first_ns;
      return *this;
    }
  }
  // In path order; what is left out was not observed.
  EventBuilder& hops(std::initializer_list<std::uint64_t> ns) {
    event_.hop_ns.fill(0);
    std::copy(ns.begin(), ns.end(), event_.hop_ns.begin());
    return *this;
  }

  EventBuilder& inner_tcp(const char* src, std::uint16_t sport, const char* dst,
                          std::uint16_t dport, std::uint8_t flags = 0x10) {
    event_.inner = tuple_of(IPPROTO_TCP, src, sport, dst, dport);
    event_.inner.tcp_flags = flags;
    return *this;
  }
  EventBuilder& inner_udp(const char* src, std::uint16_t sport, const char* dst,
                          std::uint16_t dport) {
    event_.inner = tuple_of(IPPROTO_UDP, src, sport, dst, dport);
    return *this;
  }
  // ICMP for IPv4 addresses, ICMPv6 for IPv6 ones; an echo request.
  EventBuilder& inner_ping(const char* src, const char* dst, std::uint16_t id, std::uint16_t seq) {
    const bool v6 = std::strchr(src, ':') != nullptr;
    constexpr std::uint8_t kIcmp = IPPROTO_ICMP, kIcmp6 = IPPROTO_ICMPV6;
    event_.inner = tuple_of(v6 ? kIcmp6 : kIcmp, src, 0, dst, 0);
    event_.inner.icmp_type = v6 ? 128 : 8;
    event_.inner.icmp_id = id;
    event_.inner.icmp_seq = seq;
    return *this;
  }
  EventBuilder& outer_udp(const char* src, std::uint16_t sport, const char* dst,
                          std::uint16_t dport) {
    event_.outer = tuple_of(IPPROTO_UDP, src, sport, dst, dport);
    return *this;
  }
  EventBuilder& inner_len(std::uint32_t len) {
    event_.inner.len = len;
    return *this;
  }

 private:
  Kind event_;
};

inline EventBuilder<event::Sent> tx() { return {}; }
inline EventBuilder<event::Received> rx() {
  return EventBuilder<event::Received>().verdict(event::VerdictId::DELIVERED);
}
inline EventBuilder<event::StackDrop> drop(event::VerdictId where) {
  return EventBuilder<event::StackDrop>().verdict(where);
}
inline EventBuilder<event::FirstFragment> first_fragment() { return {}; }
inline EventBuilder<event::Rejection> rejection() { return {}; }
inline EventBuilder<event::HandshakeStep> step(event::Hs what) {
  EventBuilder<event::HandshakeStep> builder;
  builder->what = what;
  return builder;
}

}  // namespace wgt::test
