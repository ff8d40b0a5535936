// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/disclosure.h"

namespace wgt::session {
namespace {

// Three sessions a peer live, and each lasts minutes: enough for a hub with a thousand peers.
constexpr std::size_t kMaxIndices = 8192;

// Of handshakes only messages that came have their outer packet in the event.
bool is_arriving(const event::Event& event) {
  if (const auto* step = std::get_if<event::HandshakeStep>(&event))
    return step->what != event::Hs::DROPPED_OUT;
  if (const auto* drop = std::get_if<event::StackDrop>(&event))
    return drop->verdict == event::VerdictId::OUTER_IN ||
           drop->verdict == event::VerdictId::INNER_IN;
  return std::holds_alternative<event::Received>(event) ||
         std::holds_alternative<event::FirstFragment>(event);
}

const event::Tuple& outer_of(const event::Event& event) {
  const event::PacketEvent* packet = event::packet_of(event);
  return packet != nullptr ? packet->outer : std::get<event::HandshakeStep>(event).outer;
}

bool is_endpoint(const Endpoint& endpoint, const event::Tuple& outer, bool arriving) {
  return endpoint.address == (arriving ? outer.src : outer.dst) &&
         endpoint.port == (arriving ? outer.src_port : outer.dst_port);
}

}  // namespace

std::optional<wg::PublicKey> Disclosure::peer_of(const event::Event& event,
                                                 const wg::Device& device) {
  const bool here = event::device_of(event) == device_;
  if (!here && event::device_of(event).ifindex != 0) return std::nullopt;
  // The indices of a handshake's messages are no session's yet.
  const auto key = event::key_of(event);
  const Index index{is_arriving(event), key ? key->receiver_index : 0};

  if (const auto& peer = event::peer_of(event)) {
    if (!here) return std::nullopt;
    if (key) remember(index, *peer);
    return peer;
  }
  // It died before WireGuard looked for its peer, or outside of WireGuard.
  if (const auto known = known_.find(index); key && known != known_.end()) return known->second;
  const bool is_handshake = std::holds_alternative<event::HandshakeStep>(event);
  const event::Tuple& outer = outer_of(event);
  if ((!key && !is_handshake) || !outer.is_known()) return std::nullopt;
  for (const wg::Peer& peer : device.peers)
    if (peer.endpoint && is_endpoint(*peer.endpoint, outer, index.arriving)) return peer.public_key;
  return std::nullopt;
}

void Disclosure::remember(const Index& index, const wg::PublicKey& peer) {
  const auto [at, is_new] = known_.insert_or_assign(index, peer);
  if (!is_new) return;
  oldest_first_.push_back(index);
  if (oldest_first_.size() <= kMaxIndices) return;
  known_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

}  // namespace wgt::session
