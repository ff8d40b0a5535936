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

namespace {

using Text = std::array<char, INET6_ADDRSTRLEN>;

// As RFC 5952 has it: the longest run of zeros is left out, of two the first, of one group none.
char* print_ipv6(const IpAddress& address, Text& text) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i] = unsigned{address.bytes[2 * i]} << 8U | address.bytes[2 * i + 1];
  std::size_t zeros_at = groups.size();
  std::size_t zeros = 1;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i > zeros) {
      zeros_at = i;
      zeros = end - i;
    }
    i = std::max(i, end > i ? end - 1 : i);
  }
  // An IPv4 address in an IPv6 one ends as such (::192.0.2.1, ::ffff:192.0.2.1).
  const bool holds_ipv4 = zeros_at == 0 && (zeros == 6 || (zeros == 5 && groups[5] == 0xffff));
  char* end = text.data();
  char* const limit = text.data() + text.size();
  const std::size_t last = holds_ipv4 ? 6 : groups.size();
  for (std::size_t i = 0; i < last; ++i) {
    if (i == zeros_at) {
      *end++ = ':';
      if (i == 0) *end++ = ':';
      i += zeros - 1;
      continue;
    }
    end = std::to_chars(end, limit, groups[i], 16).ptr;
    if (i + 1 < groups.size()) *end++ = ':';
  }
  if (!holds_ipv4) return end;
  for (std::size_t i = 12; i < 16; ++i) {
    if (i != 12) *end++ = '.';
    end = std::to_chars(end, limit, address.bytes[i]).ptr;
  }
  return end;
}

}  // namespace

std::string to_string(const IpAddress& address) {
  if (address.version == 0) return "(none)";
  std::array<char, INET6_ADDRSTRLEN> text{};
  // inet_ntop prints with sprintf, and every path has a dozen addresses.
  if (address.version == 6) return {text.data(), print_ipv6(address, text)};
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
