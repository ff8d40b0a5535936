// SPDX-License-Identifier: GPL-2.0-only
//
// What a wg-quick file says of its peers. Private and preshared keys in it are skipped where they
// stand. Pure but for read_quick_file().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wgtools/base/ip.h"
#include "wgtools/base/result.h"
#include "wgtools/wg/key.h"

namespace wgt::wg {

struct QuickPeer {
  PublicKey public_key = {};
  std::vector<IpPrefix> allowed_ips = {};  // without host bits, as the kernel keeps them
  std::string endpoint_host = {};          // a name or an address; empty: none
  std::uint16_t endpoint_port = 0;
};

struct QuickFile {
  std::vector<QuickPeer> peers = {};
};

// Lines that are not understood are skipped: other programs own this file. A peer without a
// PublicKey is left out.
QuickFile parse_quick_file(std::string_view text);

// /etc/wireguard/IFACE.conf. nullopt: there is none. Errors: kPermission, kSystem.
Result<std::optional<QuickFile>> read_quick_file(std::string_view ifname);

}  // namespace wgt::wg
