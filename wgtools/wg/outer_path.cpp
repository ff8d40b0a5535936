// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/outer_path.h"

#include <linux/wireguard.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "wgtools/wg/udp_ports.h"

namespace wgt::wg {
namespace {

constexpr std::size_t kMostCarriers = 8;

bool kernel_has_port(BorrowedFd netns, std::uint16_t port) {
  const auto inside = NetnsGuard::enter(netns);
  return inside && udp_port_use(port).by_kernel;
}

bool into_tunnel(const Way& way) {
  return way.kind == WG_GENL_NAME && !way.route.local && way.route.error == 0;
}

}  // namespace

std::optional<SocketPlace> find_socket(const Device& device, bool up, BorrowedFd own,
                                       std::uint32_t traced) {
  const std::uint32_t own_inum = netns_inum(own);
  const auto here = [&](SocketKnown known) -> std::optional<SocketPlace> {
    UniqueFd copy(::dup(own.get()));
    if (!copy) return std::nullopt;
    return SocketPlace{{std::move(copy), own_inum}, known};
  };
  if (traced == own_inum) return here(SocketKnown::kTraced);
  if (traced == 0) {
    if (!up || device.listen_port == 0) return here(SocketKnown::kAssumed);
    if (kernel_has_port(own, device.listen_port)) return here(SocketKnown::kPort);
  }
  std::optional<OpenNetns> found;
  for (OpenNetns& netns : all_netns()) {
    if (netns.inum == own_inum) continue;
    if (traced != 0) {
      if (netns.inum == traced) return SocketPlace{std::move(netns), SocketKnown::kTraced};
    } else if (kernel_has_port(netns.fd, device.listen_port)) {
      if (found) return std::nullopt;
      found = std::move(netns);
    }
  }
  if (found) return SocketPlace{*std::move(found), SocketKnown::kPort};
  return std::nullopt;
}

Result<WayFinder> WayFinder::open(BorrowedFd netns) {
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(netns));
  WGT_TRY(auto socket, NetlinkSocket::open(NETLINK_ROUTE));
  return WayFinder(std::move(socket));
}

Result<LinkState> WayFinder::link(std::uint32_t ifindex) {
  if (const auto known = links_.find(ifindex); known != links_.end()) return known->second;
  WGT_TRY(auto state, link_state(socket_, ifindex));
  return links_.emplace(ifindex, std::move(state)).first->second;
}

Result<Way> WayFinder::find(const RouteQuestion& question) {
  Way way{.to = question.to};
  WGT_TRY(way.route, find_route(socket_, question));
  if (way.route.ifindex != 0) {
    WGT_TRY(const LinkState state, link(way.route.ifindex));
    way.interface = state.name;
    way.kind = state.kind;
    way.interface_mtu = state.mtu;
  }
  return way;
}

RouteQuestion outer_question(const Device& device, const Endpoint& endpoint) {
  return {.to = endpoint.address, .mark = device.fwmark, .by_ifindex = endpoint.scope_id};
}

Result<OuterPath> follow_outer(const Device& device, bool is_there, const Peer& peer,
                               const AskWay& way, const AskDevice& ask_device) {
  OuterPath path;
  if (!peer.endpoint) {
    path.end = PathEnd::kUnknown;
    return path;
  }
  WGT_TRY(path.way, way(outer_question(device, *peer.endpoint)));
  const Carrier start{is_there ? device.ifindex : 0, device.name, peer.public_key};
  IpAddress to = peer.endpoint->address;
  Way at = path.way;
  while (into_tunnel(at)) {
    const bool own = is_there && at.route.ifindex == device.ifindex;
    const Device* into = own ? &device : ask_device(at.route.ifindex);
    const Peer* next = into ? peer_for(*into, to) : nullptr;
    const Carrier carrier{at.route.ifindex, at.interface, next ? next->public_key : PublicKey{}};
    const bool again = next && (carrier == start ||
                                std::ranges::find(path.carriers, carrier) != path.carriers.end());
    path.carriers.push_back(carrier);
    path.end = again ? PathEnd::kComesBack : into && !next ? PathEnd::kNoPeer : PathEnd::kUnknown;
    if (again || !next || !next->endpoint || path.carriers.size() > kMostCarriers) return path;
    auto answer = way(outer_question(*into, *next->endpoint));
    if (!answer) return path;
    path.end = PathEnd::kLeaves;
    to = next->endpoint->address;
    at = *std::move(answer);
  }
  return path;
}

}  // namespace wgt::wg
