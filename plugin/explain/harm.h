// SPDX-License-Identifier: GPL-2.0-only
// What is not advised, whoever has a reason to: commands that would cut a tunnel off, open it to
// what is not its own, or change what is as it should be. Every command that is shown as advice
// passes harm_of().
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wgtools/wg/device.h"

namespace wgt::explain {

enum class Harm : std::uint8_t {
  kAllowsEndpoint,     // a peer's endpoint would be routed into the tunnel that leads to it
  kAllowsOwnAddress,   // an address of this host, from outside
  kAllowsOwnRange,     // a range that this host reaches without the tunnel
  kTakesFromPeer,      // one range can only be one peer's
  kCatchesEverything,  // a default route into a tunnel whose own packets have no mark
  kIsSet,              // already
  kIsHealthy,          // the peer answers where it is
};

// What a command would meet. What is not known has no part in the judgement.
struct Surroundings {
  const wg::Device* device = nullptr;  // with its peers
  std::vector<IpAddress> own_addresses = {};
  std::vector<IpPrefix> own_ranges = {};          // reached without the tunnel
  std::map<std::string, int> settings = {};       // sysctl: "net.ipv4.ip_forward" -> 0
  std::vector<wg::PublicKey> healthy_peers = {};  // answered within a session's time
  bool up = false;                                // the interface is known to be
};

const char* harm_name(Harm harm);  // "harm_endpoint": as a fact that rows of advice go by

// command: without the namespace that it is to be run in. nullopt: it may be advised.
std::optional<Harm> harm_of(std::string_view command, const Surroundings& around);

}  // namespace wgt::explain
