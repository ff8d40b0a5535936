// SPDX-License-Identifier: GPL-2.0-only
// A packet's bytes, rebuilt from what is kept of its headers.
//
// Right are: addresses, ports, lengths, the checksum of the IPv4 header, TTL, traffic class,
// identification, TCP's sequence number, an echo's identifier and number, WireGuard's header. Cut
// off is what comes behind the last of them. Zero is what is not known and stands in front of one:
// the Ethernet addresses, fragment bits and flow label, and the checksum of UDP in front of
// WireGuard's header and of ICMP in front of an echo's. A header has no options.
#pragma once

#include <optional>

#include "plugin/event/packet_key.h"
#include "plugin/event/tuple.h"
#include "plugin/sink/pcapng/blocks.h"

namespace wgt::sink::pcapng {

// tuple: known.
Frame inner_frame(const event::Tuple& tuple);

// A WireGuard message over UDP. key: of a data message; nullopt: of any other, or not known.
Frame outer_frame(const event::Tuple& tuple, const std::optional<event::PacketKey>& key);

}  // namespace wgt::sink::pcapng
