// SPDX-License-Identifier: GPL-2.0-only
//
// IPv4 and IPv6 addresses, endpoints and prefixes as values, with their text forms. Pure: nothing
// here resolves names or asks the system.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wgtools/base/result.h"

namespace wgt {

struct IpAddress {
  std::uint8_t version = 0;                 // 0: none, 4 or 6
  std::array<std::uint8_t, 16> bytes = {};  // network order; IPv4 in the first 4, the rest zero

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

struct Endpoint {
  IpAddress address = {};
  std::uint16_t port = 0;      // host order
  std::uint32_t scope_id = 0;  // IPv6 link-local: the interface index; else 0

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

struct IpPrefix {
  IpAddress address = {};
  std::uint8_t length = 0;  // bits, 0 to 32 or 0 to 128

  friend auto operator<=>(const IpPrefix&, const IpPrefix&) = default;
};

// From bytes in network order.
IpAddress make_ipv4(std::span<const std::uint8_t, 4> bytes);
IpAddress make_ipv6(std::span<const std::uint8_t, 16> bytes);

// Text as inet_pton takes it: no port, no scope, no prefix length. Errors: kInvalid.
Result<IpAddress> parse_ip(std::string_view text);

std::string to_string(const IpAddress& address);  // "192.0.2.1", "fe80::1"; version 0: "(none)"
std::string to_string(const Endpoint& endpoint);  // "192.0.2.1:51820", "[fe80::1%2]:51820"
std::string to_string(const IpPrefix& prefix);    // "10.0.0.0/8"

// Whether the address is of the prefix's version and inside it. Host bits of the prefix are
// ignored; a prefix without version or with an impossible length contains nothing.
bool contains(const IpPrefix& prefix, const IpAddress& address);

}  // namespace wgt
