// SPDX-License-Identifier: GPL-2.0-only
//
// A netlink socket in the network namespace the calling thread was in when it was opened. Answers
// may hold private and preshared keys, so they are received into locked memory that is wiped after
// every datagram. One request at a time; not for use by several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "wgtools/base/result.h"
#include "wgtools/wg/netlink_reply.h"

struct mnl_socket;
struct nlmsghdr;

namespace wgt::wg {

class NetlinkSocket {
 public:
  // `bus`: NETLINK_GENERIC, NETLINK_ROUTE.
  static Result<NetlinkSocket> open(int bus);

  // Sends one request (its sequence number is filled in) and hands every data message of the answer
  // to `handle`. True when the answer was marked as interrupted (NLM_F_DUMP_INTR). Errors: as
  // NetlinkReply::read(), kTimeout when the kernel is silent. The rest of the answer may be pending
  // after an error: drop the socket then.
  Result<bool> exchange(nlmsghdr& request, const MessageHandler& handle);

 private:
  struct SocketCloser {
    void operator()(mnl_socket* socket) const;
  };
  struct LockedFree {
    void operator()(std::byte* buffer) const;
  };

  NetlinkSocket() = default;
  Result<std::size_t> receive();

  std::unique_ptr<mnl_socket, SocketCloser> socket_;
  std::unique_ptr<std::byte[], LockedFree> buffer_;
  std::uint32_t sequence_ = 0;
};

// The number of a generic netlink family on a NETLINK_GENERIC socket. kNotFound: not registered.
Result<std::uint16_t> resolve_family(NetlinkSocket& socket, std::string_view family);

}  // namespace wgt::wg
