// SPDX-License-Identifier: GPL-2.0-only
// Remembers the keys of published paths, so that a record that comes
// too late does not make a second path of the same packet. Bounded: the oldest
// are forgotten.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>

#include "plugin/event/packet_key.h"
#include "plugin/join/hosts.h"
#include "plugin/join/joined_path.h"

namespace wgt::join {

class PublishedKeys {
 public:
  PublishedKeys(const Hosts& hosts, std::size_t capacity) : hosts_(hosts), capacity_(capacity) {}

  void remember(const event::PacketKey& key, const JoinedPath& path);

  // Whether the record belongs to a packet whose path was published without it.
  bool missed(const event::PacketKey& key, const Observed& late) const;

 private:
  struct Entry {
    std::optional<wg::PublicKey> receiver;  // of the half that is there; nullopt: not known
    bool tx_missing = false;
    bool rx_missing = false;
  };
  std::optional<wg::PublicKey> receiver_of(const Observed& observed) const;
  std::optional<wg::PublicKey> device_key(HostId host, const event::DeviceKey& device) const;

  const Hosts& hosts_;
  std::size_t capacity_;
  std::unordered_map<event::PacketKey, Entry, event::PacketKeyHash> entries_;
  std::deque<event::PacketKey> oldest_first_;
};

}  // namespace wgt::join
