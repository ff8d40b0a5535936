// SPDX-License-Identifier: GPL-2.0-only
// A decrypted packet that the receiver's stack copied (into fragments, say) and then dropped: the
// record of the drop has no number, only what the inner headers say.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "plugin/event/packet_key.h"
#include "plugin/join/joined_path.h"

namespace wgt::join {

// Host, device, both addresses and ports, IP id and TCP sequence number.
using InnerPacket = std::tuple<HostId, std::uint32_t, std::uint32_t, std::uint8_t, std::uint8_t,
                               std::array<std::uint8_t, 16>, std::array<std::uint8_t, 16>,
                               std::uint16_t, std::uint16_t, std::uint16_t, std::uint32_t>;

// nullopt: nothing in it tells it from others of its flow.
std::optional<InnerPacket> inner_packet(const Observed& observed);

// A drop that has to be matched like this.
bool lacks_number(const wgt_record& record);

// Gathers what was delivered of one inner packet, and says which number a drop of it has: nullopt
// unless exactly one fits.
class FlowMatcher {
 public:
  explicit FlowMatcher(const Observed& drop) : drop_(drop), packet_(inner_packet(drop)) {}
  bool is_possible() const { return packet_.has_value(); }
  void consider(const Observed& observed);
  // The drop with that number. It says that this was inferred.
  std::optional<Observed> found() const;

 private:
  const Observed& drop_;
  std::optional<InnerPacket> packet_;
  std::optional<event::PacketKey> key_;
  std::size_t fit_ = 0;
};

// Drops without a number that are about exactly one packet of `records`, with its number.
std::vector<Observed> numbered_drops(std::span<const Observed* const> records);

}  // namespace wgt::join
