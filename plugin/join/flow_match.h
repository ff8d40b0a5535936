// SPDX-License-Identifier: GPL-2.0-only
// A decrypted packet that the receiver's stack copied (into fragments, say) and then dropped: the
// drop has no number, only what the inner headers say.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "plugin/join/joined_path.h"

namespace wgt::join {

// What a packet keeps when it is copied or cut into fragments.
struct InnerPacket {
  HostId host;
  event::DeviceKey device;
  event::Tuple tuple;  // its addresses, and what tells it from others of its flow
  auto operator<=>(const InnerPacket&) const = default;
};

// nullopt: nothing in it tells it from others of its flow.
std::optional<InnerPacket> inner_packet(HostId host, const event::DeviceKey& device,
                                        const event::Tuple& inner);

// The same for packets that are the same one, or copies; nullopt: as above.
std::optional<std::uint32_t> inner_hash(const event::Tuple& inner);

// A drop that has to be matched like this.
bool lacks_number(const event::Event& event);

// Gathers what was delivered of one inner packet, and says which number a drop of it has: nullopt
// unless exactly one fits.
class FlowMatcher {
 public:
  // drop: one that lacks_number().
  explicit FlowMatcher(const Observed& drop);
  bool is_possible() const { return packet_.has_value(); }
  void consider(HostId host, const event::Received& rx);
  // The drop with that number. It says that this was inferred.
  std::optional<Observed> found() const;

 private:
  HostId host_;
  const event::StackDrop& drop_;
  std::optional<InnerPacket> packet_;
  std::optional<event::PacketKey> key_;
  std::size_t fit_ = 0;
};

// Drops without a number that are about exactly one packet of `records`, with its number.
std::vector<Observed> numbered_drops(std::span<const Observed* const> records);

}  // namespace wgt::join
