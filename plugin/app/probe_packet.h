// SPDX-License-Identifier: GPL-2.0-only
// Probes and what ICMP says of them, as bytes. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "plugin/event/event.h"
#include "wgtools/base/ip.h"

namespace wgt::app {

// An ICMP echo request of `size` bytes behind its header, for a raw socket. The checksum of an
// ICMPv6 one is the kernel's to fill in.
std::vector<std::uint8_t> echo_request(std::uint8_t ip_version, std::uint16_t id,
                                       std::uint16_t number, std::size_t size);

// What came back: an echo, or an ICMP error that quotes a probe.
struct HeardIcmp {
  std::optional<event::IcmpError> error = {};  // nullopt: it is the answer
  std::uint32_t mtu = 0;                       // of "too big": the next link's; 0: not said
  std::uint16_t id = 0;                        // of the echo, or of the one that is quoted
  std::uint16_t number = 0;
  std::uint16_t local_port = 0;  // of the TCP probe that is quoted; 0: it was an echo
  std::uint16_t port = 0;
};

// packet: as a raw socket for ICMP of `to`'s family hands it out, IPv4 with its header; its first
// 128 bytes are enough. from: who sent it. to: where probes are sent. nullopt: about no probe.
std::optional<HeardIcmp> hear(std::span<const std::uint8_t> packet, const IpAddress& from,
                              const IpAddress& to);

}  // namespace wgt::app
