// SPDX-License-Identifier: GPL-2.0-only
// Which of the records that carry the same receiver index and counter make up
// which path. A pure function of the set of records: the order in which they
// came changes nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugin/join/hosts.h"
#include "plugin/join/joined_path.h"
#include "plugin/join/knowledge.h"

namespace wgt::join {

struct PathRecords {
  const Observed* tx = nullptr;    // of event::Sent
  const Observed* rx = nullptr;    // of event::Received
  const Observed* drop = nullptr;  // StackDrop, Rejection or FirstFragment
};

// How much a receiver's event says about the packet that the sender sent, best first.
enum class RxRank : std::uint8_t {
  kAuthenticated,  // this packet: it was decrypted and its number accepted
  kRefused,        // this packet or a forged one
  kTooOld,         // a replay, or this packet, very late
  kDuplicate,      // proves that another copy was accepted
};
RxRank rank(const event::Received& rx);

// The whole packet is Received on its own.
inline bool is_first_fragment(const Observed& drop) {
  return std::holds_alternative<event::FirstFragment>(drop.event);
}

// Whether WireGuard handed the packet on as far as it tells: one without a number was
// never encrypted.
bool left_host(const event::Sent& tx);

// Receiver indices are random per device, so two tunnels can share one: the keys decide, as far
// as they are known.
bool same_tunnel(const Observed& tx, const Observed& rx, const Hosts& hosts);
struct End {
  HostId host;
  const event::Origin& origin;
};
bool ends_agree(const End& tx, const End& rx, const Hosts& hosts);

// The paths of the records of one key, or of one record without a key; in no order.
std::vector<PathRecords> assign(std::span<const Observed* const> records, const Hosts& hosts,
                                const Knowledge& knowledge);

// First hop of the first record of the path, and the host on whose clock it is.
struct SentAt {
  HostId host;
  std::uint64_t mono_ns;
};
SentAt sent_at(const PathRecords& path);

}  // namespace wgt::join
