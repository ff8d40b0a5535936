// SPDX-License-Identifier: GPL-2.0-only
//
// Which interfaces of a network namespace are WireGuard's (rtnetlink, RTM_GETLINK).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wgtools/base/result.h"
#include "wgtools/wg/netlink_attr.h"

namespace wgt::wg {

struct Link {
  std::uint32_t ifindex;
  std::string name;

  friend bool operator==(const Link&, const Link&) = default;
};

// The WireGuard interfaces in the calling thread's network namespace, in the kernel's order. Needs
// no capability.
Result<std::vector<Link>> list_devices();

// One RTM_NEWLINK message with its struct nlmsghdr; nullopt when the link is of another kind. Pure.
// Errors: kCorrupt.
Result<std::optional<Link>> parse_wireguard_link(Bytes message);

}  // namespace wgt::wg
