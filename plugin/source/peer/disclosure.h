// SPDX-License-Identifier: GPL-2.0-only
// Whose packet an event is about: what one peer of an interface may see, and no other. A hub must
// not show one spoke another spoke's flows (wire.md, "Who learns what"). Pure; bounded memory.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "plugin/event/event.h"
#include "wgtools/wg/device.h"
#include "wgtools/wg/key.h"

namespace wgt::session {

class Disclosure {
 public:
  explicit Disclosure(event::DeviceKey device) : device_(device) {}

  // The one peer that may see it. In the order in which they were written: what is known of a
  // session's indices comes from earlier events. `device`: its peers and their endpoints now.
  std::optional<wg::PublicKey> peer_of(const event::Event& event, const wg::Device& device);

 private:
  // Indices of packets that arrive are this host's, those of packets that leave the peer's.
  struct Index {
    bool arriving;
    std::uint32_t receiver_index;
    friend bool operator==(const Index&, const Index&) = default;
  };
  struct IndexHash {
    std::size_t operator()(const Index& index) const {
      return std::hash<std::uint64_t>{}(std::uint64_t{index.receiver_index} << 1U | index.arriving);
    }
  };
  void remember(const Index& index, const wg::PublicKey& peer);

  event::DeviceKey device_;
  std::unordered_map<Index, wg::PublicKey, IndexHash> known_;
  std::deque<Index> oldest_first_;
};

}  // namespace wgt::session
