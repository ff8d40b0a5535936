// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/disclosure.h"

#include <algorithm>
#include <cstring>

#include "bpf/abi/handshake.h"
#include "plugin/event/hops.h"

namespace wgt::session {
namespace {

// Three sessions a peer live, and each lasts minutes: enough for a hub with a thousand peers.
constexpr std::size_t kMaxIndices = 8192;

// Of handshakes only messages that came have their outer packet in the record.
bool is_arriving(const wgt_record& record) {
  if (record.kind == WGT_HANDSHAKE) return record.verdict != WGT_HS_DROPPED_OUT;
  return record.kind == WGT_RX ||
         (record.kind == WGT_DROP && (event::verdict_of(record) == event::VerdictId::OUTER_IN ||
                                      event::verdict_of(record) == event::VerdictId::INNER_IN ||
                                      event::verdict_of(record) == event::VerdictId::NETWORK_LOST));
}

bool is_endpoint(const Endpoint& endpoint, const wgt_tuple& outer, bool arriving) {
  const std::uint8_t* address = arriving ? outer.src : outer.dst;
  std::uint8_t port[2];
  std::memcpy(port, arriving ? &outer.src_port : &outer.dst_port, 2);
  return endpoint.address.version == outer.version &&
         std::equal(endpoint.address.bytes.begin(), endpoint.address.bytes.end(), address) &&
         endpoint.port == (port[0] << 8U | port[1]);
}

}  // namespace

std::optional<wg::PublicKey> Disclosure::peer_of(const wgt_record& record,
                                                 const wg::Device& device) {
  const bool here = event::device_of(record) == device_;
  if (!here && event::device_of(record).ifindex != 0) return std::nullopt;
  // The indices of a handshake's messages are no session's yet.
  const bool is_handshake = record.kind == WGT_HANDSHAKE;
  const bool numbered = !is_handshake && (record.flags & WGT_F_KEY) != 0;
  const Index index{is_arriving(record), record.receiver_index};

  if ((record.flags & WGT_F_PEER) != 0) {
    if (!here) return std::nullopt;
    wg::PublicKey peer;
    std::copy(std::begin(record.peer), std::end(record.peer), peer.bytes.begin());
    if (numbered) remember(index, peer);
    return peer;
  }
  // It died before WireGuard looked for its peer, or outside of WireGuard.
  if (const auto known = known_.find(index); numbered && known != known_.end())
    return known->second;
  if ((!numbered && !is_handshake) || record.outer.version == 0) return std::nullopt;
  for (const wg::Peer& peer : device.peers)
    if (peer.endpoint && is_endpoint(*peer.endpoint, record.outer, index.arriving))
      return peer.public_key;
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
