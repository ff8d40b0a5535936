// SPDX-License-Identifier: GPL-2.0-only
//
// One network interface, of whatever kind (rtnetlink, RTM_GETLINK), in the socket's network
// namespace. Needs no capability.
#pragma once

#include <cstdint>
#include <string>

#include "wgtools/base/result.h"
#include "wgtools/wg/netlink_attr.h"
#include "wgtools/wg/netlink_socket.h"

namespace wgt::wg {

struct LinkState {
  std::string name = {};
  std::string kind = {};     // "wireguard", "vrf", …; empty: none, as of a network card
  std::uint32_t mtu = 0;     // bytes
  std::uint32_t master = 0;  // ifindex of the VRF or bridge that it belongs to; 0: none
  bool up = false;           // IFF_UP
};

// Errors: kNotFound.
Result<LinkState> link_state(NetlinkSocket& socket, std::uint32_t ifindex);

// One RTM_NEWLINK message with its struct nlmsghdr. Pure. Errors: kCorrupt.
Result<LinkState> parse_link_state(Bytes message);

}  // namespace wgt::wg
