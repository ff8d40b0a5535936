// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/choose_peer.h"

#include <algorithm>

namespace wgt::session {
namespace {

bool lives_at(const wg::Peer& peer, const IpAddress& address) {
  if (peer.endpoint && peer.endpoint->address == address) return true;
  // A host of its own, not a network that it routes.
  return std::any_of(peer.allowed_ips.begin(), peer.allowed_ips.end(), [&](const IpPrefix& prefix) {
    return prefix.length == (prefix.address.version == 4 ? 32 : 128) && prefix.address == address;
  });
}

}  // namespace

Result<wg::PublicKey> choose_peer(const wg::Device& device,
                                  const std::optional<wg::PublicKey>& said,
                                  const std::optional<IpAddress>& address) {
  const wg::Peer* found = nullptr;
  unsigned count = 0;
  for (const wg::Peer& peer : device.peers) {
    const bool fits = said                       ? peer.public_key == *said
                      : device.peers.size() == 1 ? true
                                                 : address && lives_at(peer, *address);
    if (!fits) continue;
    found = &peer;
    count++;
  }
  if (count == 1) return found->public_key;
  if (said)
    return make_error(Errc::kInvalid, "--peer " + wg::to_base64(*said) + ": no peer of " +
                                          device.name + " (wg show " + device.name + " peers)");
  if (device.peers.empty()) return make_error(Errc::kInvalid, device.name + " has no peer");
  return make_error(Errc::kInvalid, device.name + " has " + std::to_string(device.peers.size()) +
                                        " peers, and which one this is can't be told by its "
                                        "address: say --peer KEY (wg show " +
                                        device.name + " peers)");
}

}  // namespace wgt::session
