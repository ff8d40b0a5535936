// SPDX-License-Identifier: GPL-2.0-only
// The kernel's socket addresses, and ours.
#pragma once

#include <sys/socket.h>

#include "wgtools/base/ip.h"

namespace wgt {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }  // NOLINT(*-reinterpret-cast)
  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);  // NOLINT(*-reinterpret-cast)
  }
};

SocketAddress to_sockaddr(const Endpoint& endpoint);
// Of another family than AF_INET and AF_INET6: version 0.
Endpoint to_endpoint(const SocketAddress& address);

}  // namespace wgt
