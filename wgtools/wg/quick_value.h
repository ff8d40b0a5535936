// SPDX-License-Identifier: GPL-2.0-only
//
// Values of a wg-quick file as `wg` takes them (config.c of wireguard-tools), without spaces and
// not empty. nullopt, or false: it refuses the value. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wgtools/base/ip.h"

namespace wgt::wg {

// ASCII letters in any case.
bool same_word(std::string_view a, std::string_view b);

// nullopt: refused. A service's name (getaddrinfo takes them) has no number here.
struct PortValue {
  std::optional<std::uint16_t> number;  // host order
};
std::optional<PortValue> parse_port(std::string_view text);

std::optional<std::uint32_t> parse_fwmark(std::string_view text);     // 0: off
std::optional<std::uint16_t> parse_keepalive(std::string_view text);  // seconds; 0: off

// Without host bits.
std::optional<IpPrefix> parse_prefix(std::string_view text);

struct EndpointValue {
  std::string host;
  PortValue port;
};
std::optional<EndpointValue> parse_endpoint(std::string_view text);

}  // namespace wgt::wg
