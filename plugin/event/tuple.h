// SPDX-License-Identifier: GPL-2.0-only
// What is kept of an IP packet's headers, in host byte order.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "wgtools/base/ip.h"

namespace wgt::event {

struct Tuple {
  IpAddress src;  // version 0: nothing is known of the packet
  IpAddress dst;
  std::uint16_t src_port = 0;  // 0 where the protocol has none
  std::uint16_t dst_port = 0;
  std::uint8_t proto = 0;      // IPPROTO_… of the first non-extension header
  std::uint8_t icmp_type = 0;  // ICMP and ICMPv6 only
  std::uint8_t icmp_code = 0;
  std::uint8_t tcp_flags = 0;  // as on the wire
  std::uint8_t ttl = 0;        // hop limit
  std::uint8_t tos = 0;        // traffic class
  bool is_message = false;     // of an inner packet: it is a data message of WireGuard itself
  std::uint16_t icmp_id = 0;   // ICMP echo only
  std::uint16_t icmp_seq = 0;
  std::uint16_t id = 0;   // IPv4 identification, not of ICMP echo
  std::uint32_t len = 0;  // bytes of the whole IP packet; 0: not known
  std::uint32_t seq = 0;  // TCP sequence number; is_message: the lower half of its number

  bool is_known() const { return src.version != 0; }
  friend auto operator<=>(const Tuple&, const Tuple&) = default;
};

// nullopt: nothing is known of the packet.
inline std::optional<Tuple> if_known(const Tuple& tuple) {
  return tuple.is_known() ? std::optional(tuple) : std::nullopt;
}

bool is_icmp(const Tuple& tuple);       // ICMP or ICMPv6
bool is_icmp_echo(const Tuple& tuple);  // request or reply: icmp_id and icmp_seq mean something

}  // namespace wgt::event
