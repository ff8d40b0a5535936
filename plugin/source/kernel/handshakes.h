// SPDX-License-Identifier: GPL-2.0-only
// What the kernel side keeps about handshakes, read from the pinned maps.
#pragma once

#include <utility>
#include <vector>

#include "plugin/event/device_key.h"
#include "plugin/event/peer_state.h"
#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::kernel {

template <class State>
using OfPeers = std::vector<std::pair<wg::PublicKey, State>>;

Result<OfPeers<event::HandshakeHistory>> handshakes(const PinDirectory& pins,
                                                    const event::DeviceKey& device);

struct UnknownSenders {
  std::vector<event::UnknownSender> all;
  // The table is, or was about to be: there may have been more, which it forgot.
  bool full = false;
};
Result<UnknownSenders> unknown_senders(const PinDirectory& pins, const event::DeviceKey& device);

// As the last dump of the device found them (seed_sessions in totals.h). since_mono_ns: older ones
// are of peers that are gone, and are removed.
Result<OfPeers<event::PeerNow>> peers_now(const PinDirectory& pins, const event::DeviceKey& device,
                                          std::uint64_t since_mono_ns);

// Of those that the device had when its listen port changed.
Result<OfPeers<event::PortChange>> port_changes(const PinDirectory& pins,
                                                const event::DeviceKey& device);

// Of a paired session with that peer's host, outside the tunnel.
struct RoundTrip {
  std::uint64_t at_mono_ns = 0;
  std::uint64_t rtt_ns = 0;
};
Result<OfPeers<RoundTrip>> round_trips(const PinDirectory& pins, const event::DeviceKey& device);
Result<void> note_round_trip(const PinDirectory& pins, const event::DeviceKey& device,
                             const wg::PublicKey& peer, const RoundTrip& trip);

// What happened before a device was traced (this time) is not its own.
Result<void> forget_handshakes(const PinDirectory& pins, const event::DeviceKey& device);

}  // namespace wgt::kernel
