// SPDX-License-Identifier: GPL-2.0-only
// The record's tuple (network byte order, ICMP folded into the ports) as a Flow.
#pragma once

#include <optional>
#include <string>

#include "plugin/explain/path_view.h"

namespace wgt::explain {

// nullopt: the record does not know this packet.
std::optional<Flow> to_flow(const wgt_tuple& tuple);

bool is_icmp(const Flow& flow);       // ICMP or ICMPv6
bool is_icmp_echo(const Flow& flow);  // request or reply: icmp_id and icmp_seq mean something
bool has_ports(const Flow& flow);

// "tcp", "udp", "icmp", "icmpv6"; any other protocol is its number.
std::string proto_name(std::uint8_t proto);

// "10.0.0.1:443", "[fd00::1]:443", "10.0.0.1" where the protocol has no ports.
std::string source_text(const Flow& flow);
std::string destination_text(const Flow& flow);

}  // namespace wgt::explain
