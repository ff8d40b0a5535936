// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/handshakes.h"

#include "plugin/source/kernel/maps.h"

namespace wgt::kernel {
namespace {

using HandshakeMap = PinnedMap<wgt_peer_key, wgt_handshake>;
using NowMap = PinnedMap<wgt_peer_key, wgt_peer_now>;
using RoundTripMap = PinnedMap<wgt_peer_key, wgt_round_trip>;
using UnknownSenderMap = PinnedMap<wgt_unknown_sender_key, wgt_unknown_sender>;

template <class Key, class Value>
Result<std::vector<std::pair<Key, Value>>> entries(const PinDirectory& pins, const char* name,
                                                   const wgt_device_key& device) {
  using Map = PinnedMap<Key, Value>;
  WGT_TRY(const auto map, Map::open(pins, name));
  std::vector<std::pair<Key, Value>> all;
  for (const Key& key : map.keys()) {
    if (key.device != device) continue;
    if (const auto value = map.get(key)) all.emplace_back(key, *value);
  }
  return all;
}

}  // namespace

Result<std::vector<PeerHandshake>> handshakes(const PinDirectory& pins,
                                              const wgt_device_key& device) {
  return entries<wgt_peer_key, wgt_handshake>(pins, "wgt_handshakes", device);
}

Result<std::vector<UnknownSender>> unknown_senders(const PinDirectory& pins,
                                                   const wgt_device_key& device) {
  return entries<wgt_unknown_sender_key, wgt_unknown_sender>(pins, "wgt_unknown_senders", device);
}

Result<std::vector<PeerNow>> peers_now(const PinDirectory& pins, const wgt_device_key& device,
                                       std::uint64_t since_mono_ns) {
  WGT_TRY(const auto map, NowMap::open(pins, "wgt_peers_now"));
  std::vector<PeerNow> all;
  for (const wgt_peer_key& key : map.keys()) {
    if (key.device != device) continue;
    const auto now = map.get(key);
    if (now && now->ns >= since_mono_ns)
      all.emplace_back(key, *now);
    else
      map.erase(key);
  }
  return all;
}

Result<std::vector<PeerRoundTrip>> round_trips(const PinDirectory& pins,
                                               const wgt_device_key& device) {
  return entries<wgt_peer_key, wgt_round_trip>(pins, "wgt_round_trips", device);
}

Result<void> note_round_trip(const PinDirectory& pins, const wgt_peer_key& peer,
                             const wgt_round_trip& trip) {
  WGT_TRY(const auto map, RoundTripMap::open(pins, "wgt_round_trips"));
  return map.set(peer, trip);
}

Result<void> forget_handshakes(const PinDirectory& pins, const wgt_device_key& device) {
  WGT_TRY(const auto handshakes, HandshakeMap::open(pins, "wgt_handshakes"));
  for (const wgt_peer_key& key : handshakes.keys())
    if (key.device == device) handshakes.erase(key);
  WGT_TRY(const auto trips, RoundTripMap::open(pins, "wgt_round_trips"));
  for (const wgt_peer_key& key : trips.keys())
    if (key.device == device) trips.erase(key);
  WGT_TRY(const auto unknown_senders, UnknownSenderMap::open(pins, "wgt_unknown_senders"));
  for (const wgt_unknown_sender_key& key : unknown_senders.keys())
    if (key.device == device) unknown_senders.erase(key);
  return {};
}

}  // namespace wgt::kernel
