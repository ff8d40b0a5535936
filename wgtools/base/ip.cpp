// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace wgt {

IpAddress make_ipv4(std::span<const std::uint8_t, 4> bytes) {
  IpAddress address{.version = 4};
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

IpAddress make_ipv6(std::span<const std::uint8_t, 16> bytes) {
  IpAddress address{.version = 6};
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

Result<IpAddress> parse_ip(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  // A NUL inside would end the text early for inet_pton and let "::1\0x" pass.
  if (text.find('\0') == std::string_view::npos) {
    if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
      address.version = 4;
      return address;
    }
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
      address.version = 6;
      return address;
    }
  }
  return make_error(Errc::kInvalid, "not an IP address: '" + terminated + "'");
}

std::string to_string(const IpAddress& address) {
  if (address.version == 0) return "(none)";
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.version == 6) {
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), static_cast<socklen_t>(text.size()));
    return text.data();
  }
  // inet_ntop prints these with sprintf, and every path has a dozen.
  char* end = text.data();
  for (std::size_t i = 0; i < 4; i++) {
    if (i != 0) *end++ = '.';
    end = std::to_chars(end, text.data() + text.size(), address.bytes[i]).ptr;
  }
  return {text.data(), end};
}

std::string to_string(const Endpoint& endpoint) {
  std::string text = to_string(endpoint.address);
  if (endpoint.address.version == 6) {
    if (endpoint.scope_id != 0) text += '%' + std::to_string(endpoint.scope_id);
    text = '[' + text + ']';
  }
  return text + ':' + std::to_string(endpoint.port);
}

std::string to_string(const IpPrefix& prefix) {
  return to_string(prefix.address) + '/' + std::to_string(prefix.length);
}

bool contains(const IpPrefix& prefix, const IpAddress& address) {
  const std::size_t width_bits = prefix.address.version == 4 ? 32 : 128;
  if (prefix.address.version == 0 || prefix.address.version != address.version ||
      prefix.length > width_bits) {
    return false;
  }
  const std::size_t whole_bytes = prefix.length / 8;
  if (!std::equal(prefix.address.bytes.begin(),
                  prefix.address.bytes.begin() + static_cast<std::ptrdiff_t>(whole_bytes),
                  address.bytes.begin())) {
    return false;
  }
  const unsigned rest_bits = prefix.length % 8;
  if (rest_bits == 0) return true;
  const unsigned mask = 0xffU << (8 - rest_bits) & 0xffU;
  return ((prefix.address.bytes[whole_bytes] ^ address.bytes[whole_bytes]) & mask) == 0;
}

}  // namespace wgt
