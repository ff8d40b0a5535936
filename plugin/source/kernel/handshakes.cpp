// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/handshakes.h"

#include <algorithm>

#include "plugin/event/from_abi.h"
#include "plugin/event/to_abi.h"
#include "plugin/source/kernel/maps.h"
#include "plugin/source/kernel/read_state.h"

namespace wgt::kernel {
namespace {

using HandshakeMap = PinnedMap<wgt_peer_key, wgt_handshake>;
using NowMap = PinnedMap<wgt_peer_key, wgt_peer_now>;
using RoundTripMap = PinnedMap<wgt_peer_key, wgt_round_trip>;
using PortChangeMap = PinnedMap<wgt_peer_key, wgt_port_change>;
using UnknownSenderMap = PinnedMap<wgt_unknown_sender_key, wgt_unknown_sender>;

}  // namespace

Result<OfPeers<event::HandshakeHistory>> handshakes(const PinDirectory& pins,
                                                    const event::DeviceKey& device) {
  WGT_TRY(const auto map, HandshakeMap::open(pins, "wgt_handshakes"));
  OfPeers<event::HandshakeHistory> all;
  for (const wgt_peer_key& key : map.keys()) {
    if (event::from_abi(key.device) != device) continue;
    if (const auto value = map.get(key))
      all.emplace_back(to_public_key(key.peer), to_history(*value));
  }
  return all;
}

Result<UnknownSenders> unknown_senders(const PinDirectory& pins, const event::DeviceKey& device) {
  WGT_TRY(const auto map, UnknownSenderMap::open(pins, "wgt_unknown_senders"));
  UnknownSenders senders;
  const auto keys = map.keys();
  // An LRU map evicts by batches before it is quite full (bpf_lru_list.c).
  senders.full = keys.size() >= WGT_MAX_UNKNOWN_SENDERS / 2;
  for (const wgt_unknown_sender_key& key : keys) {
    if (event::from_abi(key.device) != device) continue;
    if (const auto value = map.get(key)) senders.all.push_back(to_unknown_sender(key, *value));
  }
  return senders;
}

Result<OfPeers<event::PeerNow>> peers_now(const PinDirectory& pins, const event::DeviceKey& device,
                                          std::uint64_t since_mono_ns) {
  WGT_TRY(const auto map, NowMap::open(pins, "wgt_peers_now"));
  OfPeers<event::PeerNow> all;
  for (const wgt_peer_key& key : map.keys()) {
    if (event::from_abi(key.device) != device) continue;
    const auto now = map.get(key);
    if (now && now->ns >= since_mono_ns)
      all.emplace_back(to_public_key(key.peer), to_peer_now(*now, hz_from(now->jiffies, now->ns)));
    else
      map.erase(key);
  }
  return all;
}

Result<OfPeers<event::PortChange>> port_changes(const PinDirectory& pins,
                                                const event::DeviceKey& device) {
  WGT_TRY(const auto map, PortChangeMap::open(pins, "wgt_port_changes"));
  OfPeers<event::PortChange> all;
  for (const wgt_peer_key& key : map.keys()) {
    if (event::from_abi(key.device) != device) continue;
    if (const auto change = map.get(key))
      all.emplace_back(to_public_key(key.peer),
                       event::PortChange{.ns = change->ns,
                                         .from = static_cast<std::uint16_t>(change->from),
                                         .tx_bytes = change->tx_bytes});
  }
  return all;
}

Result<OfPeers<RoundTrip>> round_trips(const PinDirectory& pins, const event::DeviceKey& device) {
  WGT_TRY(const auto map, RoundTripMap::open(pins, "wgt_round_trips"));
  OfPeers<RoundTrip> all;
  for (const wgt_peer_key& key : map.keys()) {
    if (event::from_abi(key.device) != device) continue;
    if (const auto trip = map.get(key))
      all.emplace_back(to_public_key(key.peer), RoundTrip{trip->ns, trip->rtt_ns});
  }
  return all;
}

Result<void> note_round_trip(const PinDirectory& pins, const event::DeviceKey& device,
                             const wg::PublicKey& peer, const RoundTrip& trip) {
  WGT_TRY(const auto map, RoundTripMap::open(pins, "wgt_round_trips"));
  wgt_peer_key key{.device = event::to_abi(device), .peer = {}};
  std::ranges::copy(peer.bytes, key.peer);
  return map.set(key, {.ns = trip.at_mono_ns, .rtt_ns = trip.rtt_ns});
}

Result<void> forget_handshakes(const PinDirectory& pins, const event::DeviceKey& device) {
  WGT_TRY(const auto handshakes, HandshakeMap::open(pins, "wgt_handshakes"));
  for (const wgt_peer_key& key : handshakes.keys())
    if (event::from_abi(key.device) == device) handshakes.erase(key);
  WGT_TRY(const auto trips, RoundTripMap::open(pins, "wgt_round_trips"));
  for (const wgt_peer_key& key : trips.keys())
    if (event::from_abi(key.device) == device) trips.erase(key);
  WGT_TRY(const auto changes, PortChangeMap::open(pins, "wgt_port_changes"));
  for (const wgt_peer_key& key : changes.keys())
    if (event::from_abi(key.device) == device) changes.erase(key);
  WGT_TRY(const auto unknown_senders, UnknownSenderMap::open(pins, "wgt_unknown_senders"));
  for (const wgt_unknown_sender_key& key : unknown_senders.keys())
    if (event::from_abi(key.device) == device) unknown_senders.erase(key);
  return {};
}

}  // namespace wgt::kernel
