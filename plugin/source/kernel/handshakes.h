// SPDX-License-Identifier: GPL-2.0-only
// What the kernel side keeps about handshakes, read from the pinned maps.
#pragma once

#include <utility>
#include <vector>

#include "bpf/abi/handshake.h"
#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::kernel {

using PeerHandshake = std::pair<wgt_peer_key, wgt_handshake>;
using PeerNow = std::pair<wgt_peer_key, wgt_peer_now>;
using UnknownSender = std::pair<wgt_unknown_sender_key, wgt_unknown_sender>;

Result<std::vector<PeerHandshake>> handshakes(const PinDirectory& pins,
                                              const wgt_device_key& device);
Result<std::vector<UnknownSender>> unknown_senders(const PinDirectory& pins,
                                                   const wgt_device_key& device);

// As the last dump of the device found them (seed_sessions in totals.h). since_mono_ns: older ones
// are of peers that are gone, and are removed.
Result<std::vector<PeerNow>> peers_now(const PinDirectory& pins, const wgt_device_key& device,
                                       std::uint64_t since_mono_ns);

using PeerRoundTrip = std::pair<wgt_peer_key, wgt_round_trip>;
Result<std::vector<PeerRoundTrip>> round_trips(const PinDirectory& pins,
                                               const wgt_device_key& device);
Result<void> note_round_trip(const PinDirectory& pins, const wgt_peer_key& peer,
                             const wgt_round_trip& trip);

// What happened before a device was traced (this time) is not its own.
Result<void> forget_handshakes(const PinDirectory& pins, const wgt_device_key& device);

}  // namespace wgt::kernel
