// SPDX-License-Identifier: GPL-2.0-only
//
// What a wg-quick file says, as wg-quick and `wg setconf` read it, and the lines that they refuse.
// Private and preshared keys are skipped where they stand: of the private one only the public key
// that follows from it is known, of a preshared one that it is there. Pure but for
// read_quick_file().
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
  std::vector<IpPrefix> allowed_ips = {};    // without host bits, as the kernel keeps them
  std::string endpoint_host = {};            // a name or an address, perhaps "%scope"; empty: none
  std::uint16_t endpoint_port = 0;           // host order
  std::uint16_t persistent_keepalive_s = 0;  // 0: off, or not there
  bool has_preshared_key = false;
  std::uint32_t line = 0;  // of its [Peer], from 1
};

// A line that `wg` or wg-quick refuses, and with it the file.
struct QuickProblem {
  std::uint32_t line = 0;  // from 1
  // What is wrong with it, without spaces: printable ASCII, at most kMostWordBytes. Where it could
  // be a part of a secret key only the option's name.
  std::string word = {};
  std::string why = {};  // "is no option of [Peer]": goes on after the word
};
inline constexpr std::size_t kMostWordBytes = 48;
inline constexpr std::size_t kMostProblems = 16;  // what follows is left out

struct QuickFile {
  std::optional<std::uint16_t> listen_port = {};  // host order; nullopt also for a service's name
  std::optional<std::uint32_t> fwmark = {};       // 0: off
  std::optional<PublicKey> public_key = {};       // of its PrivateKey
  std::string table = {};                         // "off", a table, or empty: as wg-quick likes
  std::vector<QuickPeer> peers = {};              // in its order; one key may stand twice
  std::vector<QuickProblem> problems = {};
};

// A peer without a PublicKey that can be used is left out of `peers`.
QuickFile parse_quick_file(std::string_view text);

// /etc/wireguard/IFACE.conf. nullopt: there is none. Errors: kPermission, kSystem.
Result<std::optional<QuickFile>> read_quick_file(std::string_view ifname);

}  // namespace wgt::wg
