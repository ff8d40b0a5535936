// SPDX-License-Identifier: GPL-2.0-only
// What stands in the pinned maps, as values of plugin/event. Pure. Only for this folder.
#pragma once

#include "bpf/abi/handshake.h"
#include "bpf/abi/state.h"
#include "plugin/event/peer_state.h"

namespace wgt::kernel {

wg::PublicKey to_public_key(const std::uint8_t (&bytes)[32]);
std::optional<Endpoint> to_endpoint(const wgt_endpoint& endpoint);  // nullopt: none
event::HandshakeHistory to_history(const wgt_handshake& handshake);
event::UnknownSender to_unknown_sender(const wgt_unknown_sender_key& key,
                                       const wgt_unknown_sender& sender);
event::CountedDrops to_counted_drops(const wgt_drop_key& key, const wgt_drop_count& count);
event::Session to_session(event::SessionPlace place, const wgt_session& session);

// hz: jiffies a second (hz_from).
event::PeerNow to_peer_now(const wgt_peer_now& now, unsigned hz);

// CONFIG_HZ out of a jiffies counter and the time since boot (CLOCK_MONOTONIC), read together: the
// counter starts 300 s before it overflows 32 bits (INITIAL_JIFFIES in include/linux/jiffies.h).
unsigned hz_from(std::uint64_t jiffies, std::uint64_t mono_ns);

}  // namespace wgt::kernel
