// SPDX-License-Identifier: GPL-2.0-only
//
// Where this host would send a packet (rtnetlink, RTM_GETROUTE), in the socket's network
// namespace. Asking sends nothing, and needs no capability.
#pragma once

#include <cstdint>
#include <optional>

#include "wgtools/base/ip.h"
#include "wgtools/base/result.h"
#include "wgtools/wg/netlink_attr.h"
#include "wgtools/wg/netlink_socket.h"

namespace wgt::wg {

struct Route {
  bool local = false;                     // one of this host's own addresses
  std::uint32_t ifindex = 0;              // 0: none, see error
  std::optional<IpAddress> gateway = {};  // nullopt: directly reachable
  std::uint32_t mtu = 0;                  // of the route or learnt from the path; 0: the link's
  // errno (positive) instead of a route, as a sender gets it; EOPNOTSUPP: this kernel runs without
  // the protocol (ipv6.disable=1).
  int error = 0;
};

struct RouteQuestion {
  IpAddress to = {};
  std::uint32_t mark = 0;  // of the socket that sends; 0: none
  // Asks only for routes by this interface, or, when it is a VRF, in its table. 0: any.
  std::uint32_t by_ifindex = 0;
};

// Errors: of asking, not of there being no route.
Result<Route> find_route(NetlinkSocket& socket, const RouteQuestion& question);

// One RTM_NEWROUTE message with its struct nlmsghdr. Pure. Errors: kCorrupt.
Result<Route> parse_route(Bytes message);

}  // namespace wgt::wg
