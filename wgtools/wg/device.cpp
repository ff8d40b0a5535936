// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/device.h"

namespace wgt::wg {

const Peer* peer_for(const Device& device, const IpAddress& address) {
  const Peer* owner = nullptr;
  int longest = -1;
  for (const Peer& peer : device.peers)
    for (const IpPrefix& prefix : peer.allowed_ips)
      if (prefix.length > longest && contains(prefix, address)) {
        owner = &peer;
        longest = prefix.length;
      }
  return owner;
}

}  // namespace wgt::wg
