// SPDX-License-Identifier: GPL-2.0-only
//
// What the kernel tells about a WireGuard interface, as values: the same facts as `wg show`.
// Private and preshared keys have no place here; of them only their presence is known.
// Every member has an initialiser, so that tests may name only those they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wgtools/base/ip.h"
#include "wgtools/wg/key.h"

namespace wgt::wg {

struct Peer {
  PublicKey public_key = {};
  bool has_preshared_key = false;
  std::optional<Endpoint> endpoint = {};     // where the peer was last heard of or configured
  std::int64_t last_handshake_unix_s = 0;    // wall clock; with the next field 0: never
  std::uint32_t last_handshake_ns = 0;       // 0 to 999,999,999
  std::uint64_t rx_bytes = 0;                // authenticated messages, with handshakes
  std::uint64_t tx_bytes = 0;                // handed to UDP, even if dropped later
  std::uint16_t persistent_keepalive_s = 0;  // 0: off
  std::vector<IpPrefix> allowed_ips = {};    // in the kernel's order
  std::uint32_t protocol_version = 0;
};

struct Device {
  std::uint32_t ifindex = 0;
  std::string name = {};
  PublicKey public_key = {};  // zero when it has no private key
  bool has_private_key = false;
  std::uint16_t listen_port = 0;  // host order; 0: not bound
  std::uint32_t fwmark = 0;       // 0: none
  std::vector<Peer> peers = {};   // in the kernel's order
  bool inconsistent = false;      // the configuration kept changing while it was read
};

// The peer that the interface sends a packet to: the longest prefix that has the address. Null:
// none. Into `device`.
const Peer* peer_for(const Device& device, const IpAddress& address);

}  // namespace wgt::wg
