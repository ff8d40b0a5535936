// SPDX-License-Identifier: GPL-2.0-only
// The hosts that take part in a join, and whose WireGuard devices are watched.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "plugin/event/host_info.h"
#include "plugin/event/packet_key.h"
#include "plugin/join/joined_path.h"
#include "wgtools/wg/key.h"

namespace wgt::join {

class Hosts {
 public:
  HostId add(event::HostInfo info);
  void update(HostId host, event::HostInfo info);

  const event::HostInfo& operator[](HostId host) const { return infos_[host]; }
  const std::vector<event::HostInfo>& all() const { return infos_; }

  bool same_clock(HostId a, HostId b) const;

  // The device's own public key; nullptr when the device, or its key, is not known.
  const wg::PublicKey* device_key(HostId host, const event::DeviceKey& device) const;

  // A device of a host.
  struct Place {
    HostId host = 0;
    event::DeviceKey device;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  // The devices with this key, in order of hosts. Usually none or one.
  const std::vector<Place>& watching(const wg::PublicKey& key) const;

  // Whether the host has a device with this key in the namespace.
  bool has_device_in(HostId host, std::uint32_t netns,
                     const std::optional<wg::PublicKey>& key) const;

  // Whether another device than this one is watched anywhere.
  bool watches_other_than(HostId host, const event::DeviceKey& device) const;

 private:
  void index_devices();

  std::vector<event::HostInfo> infos_;
  struct PlaceHash {
    std::size_t operator()(const Place& place) const {
      return event::PacketKeyHash()(
          {place.device.ifindex, place.host << 32U ^ std::uint64_t{place.device.netns}});
    }
  };

  boost::unordered_flat_map<Place, wg::PublicKey, PlaceHash> keys_;
  std::map<wg::PublicKey, std::vector<Place>> watching_;
};

// Whether everything that was recorded on the sender would be on the receiver, as far as their
// filters go: the inner packet is the same on both.
bool sees_all_of(const event::HostInfo& receiver, const event::HostInfo& sender);

}  // namespace wgt::join
