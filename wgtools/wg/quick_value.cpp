// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/quick_value.h"

#include <algorithm>
#include <charconv>

namespace wgt::wg {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// As strtoul() after a check for a leading digit: digits to the end. What is too large is refused.
std::optional<std::uint64_t> number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

void clear_host_bits(IpPrefix& prefix) {
  for (std::size_t i = 0; i < prefix.address.bytes.size(); i++) {
    const int bits = std::clamp(static_cast<int>(prefix.length) - static_cast<int>(i) * 8, 0, 8);
    prefix.address.bytes[i] &= static_cast<std::uint8_t>(0xff00U >> static_cast<unsigned>(bits));
  }
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<PortValue> parse_port(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.starts_with('-')) return std::nullopt;
  if (!is_digit(text.front())) return PortValue{};
  const auto value = number(text);
  // getaddrinfo() cuts what is too large.
  if (value) return PortValue{static_cast<std::uint16_t>(*value)};
  return std::nullopt;
}

std::optional<std::uint32_t> parse_fwmark(std::string_view text) {
  if (same_word(text, "off")) return 0;
  const bool hex = text.starts_with("0x");
  const auto value = number(hex ? text.substr(2) : text, hex ? 16 : 10);
  if (!value || *value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::optional<std::uint16_t> parse_keepalive(std::string_view text) {
  if (same_word(text, "off")) return 0;
  const auto value = number(text);
  if (!value || *value > UINT16_MAX) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

std::optional<IpPrefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::uint8_t longest = address->version == 4 ? 32 : 128;
  IpPrefix prefix{*address, longest};
  if (slash != std::string_view::npos) {
    const auto length = number(text.substr(slash + 1));
    if (!length || *length > longest) return std::nullopt;
    prefix.length = static_cast<std::uint8_t>(*length);
  }
  clear_host_bits(prefix);
  return prefix;
}

std::optional<EndpointValue> parse_endpoint(std::string_view text) {
  std::string_view host;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    if (!text.substr(close + 1).starts_with(':')) return std::nullopt;
    port = text.substr(close + 2);
  } else {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (port.empty()) return std::nullopt;
  const auto parsed = parse_port(port);
  if (!parsed) return std::nullopt;
  return EndpointValue{std::string(host), *parsed};
}

}  // namespace wgt::wg
