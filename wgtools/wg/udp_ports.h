// SPDX-License-Identifier: GPL-2.0-only
//
// Who has a UDP port, as /proc/net/udp and udp6 tell it. A socket that no process holds is one of
// the kernel's own, as WireGuard's is.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "wgtools/base/result.h"

namespace wgt::wg {

struct PortUse {
  bool by_kernel = false;
  bool by_program = false;
};

// In the calling thread's network namespace. Looks at the open files of every process, if there is
// such a socket.
PortUse udp_port_use(std::uint16_t port);

// Inodes of the sockets of that port in one of the two files. Lines that are not understood are
// skipped. Pure.
std::vector<std::uint64_t> sockets_of(std::string_view udp_table, std::uint16_t port);

}  // namespace wgt::wg
