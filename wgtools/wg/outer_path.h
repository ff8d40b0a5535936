// SPDX-License-Identifier: GPL-2.0-only
//
// How encrypted packets leave and arrive. WireGuard's socket stays in the network namespace that
// the interface was made in (wg_device.creating_net), wherever the interface is now; it is bound to
// no VRF; its packets have the interface's mark, and to a link-local endpoint the endpoint's scope
// (send4, send6 in the kernel's drivers/net/wireguard/socket.c). They may be carried by another
// tunnel, or come back to their own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wgtools/base/netns.h"
#include "wgtools/base/result.h"
#include "wgtools/wg/device.h"
#include "wgtools/wg/link.h"
#include "wgtools/wg/route.h"

namespace wgt::wg {

enum class SocketKnown : std::uint8_t {
  kTraced,   // the kernel's own word
  kPort,     // a socket of the kernel's has the interface's port there, and in no other namespace
  kAssumed,  // no socket to look for: where the interface is
};
struct SocketPlace {
  OpenNetns netns;
  SocketKnown known;
};

// `own`: the namespace that the interface is in. `up`: IFF_UP; without, there is no socket to be
// found. `traced`: what the kernel side noted, 0: nothing. nullopt: not where the interface is, and
// it cannot be told where.
std::optional<SocketPlace> find_socket(const Device& device, bool up, BorrowedFd own,
                                       std::uint32_t traced);

// A question, and the answer with the interface that it names.
struct Way {
  IpAddress to = {};
  Route route = {};
  std::string interface = {};       // of the route; empty: none
  std::string kind = {};            // of that interface, as LinkState
  std::uint32_t interface_mtu = 0;  // bytes
};

// Asks one namespace for routes; links are asked for once.
class WayFinder {
 public:
  static Result<WayFinder> open(BorrowedFd netns);
  Result<Way> find(const RouteQuestion& question);
  Result<LinkState> link(std::uint32_t ifindex);

 private:
  explicit WayFinder(NetlinkSocket socket) : socket_(std::move(socket)) {}
  NetlinkSocket socket_;
  std::map<std::uint32_t, LinkState> links_;
};

// What WireGuard's own packet to an endpoint asks for.
RouteQuestion outer_question(const Device& device, const Endpoint& endpoint);

// One peer of one interface, whose packets carry ours.
struct Carrier {
  std::uint32_t ifindex = 0;
  std::string interface = {};
  PublicKey peer = {};

  friend bool operator==(const Carrier&, const Carrier&) = default;
};
enum class PathEnd : std::uint8_t {
  kLeaves,     // by an interface that is no tunnel of WireGuard's, or not at all: see `way`
  kComesBack,  // into a tunnel, and to a peer, that it has been through
  kNoPeer,     // into a tunnel where no peer has the endpoint in its AllowedIPs
  kUnknown,    // a carrier without endpoint, or that cannot be asked
};
struct OuterPath {
  Way way = {};                        // of the first packet: ours
  std::vector<Carrier> carriers = {};  // that carry it; the last of kComesBack is where it began
  PathEnd end = PathEnd::kLeaves;
};

using AskWay = std::function<Result<Way>(const RouteQuestion&)>;
// Of the same namespace, valid until the next question. Null: it cannot be asked.
using AskDevice = std::function<const Device*(std::uint32_t ifindex)>;

// `device`: whose packets to `peer` it is about; `is_there`: it is in the socket's namespace, so
// that its packets can be routed into it again. Carriers are taken to have their sockets in that
// namespace too. Errors: of the first question.
Result<OuterPath> follow_outer(const Device& device, bool is_there, const Peer& peer,
                               const AskWay& way, const AskDevice& ask_device);

}  // namespace wgt::wg
