// SPDX-License-Identifier: GPL-2.0-only
// The words of a packet's addresses.
#pragma once

#include <string>

#include "plugin/event/tuple.h"

namespace wgt::explain {

bool has_ports(const event::Tuple& flow);

// "tcp", "udp", "icmp", "icmpv6"; any other protocol is its number.
std::string proto_name(std::uint8_t proto);

// "10.0.0.1:443", "[fd00::1]:443", "10.0.0.1" where the protocol has no ports.
std::string source_text(const event::Tuple& flow);
std::string destination_text(const event::Tuple& flow);

}  // namespace wgt::explain
