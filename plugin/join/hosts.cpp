// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/hosts.h"

#include <algorithm>
#include <utility>

namespace wgt::join {

HostId Hosts::add(event::HostInfo info) {
  infos_.push_back(std::move(info));
  index_devices();
  return infos_.size() - 1;
}

void Hosts::update(HostId host, event::HostInfo info) {
  infos_[host] = std::move(info);
  index_devices();
}

bool Hosts::same_clock(HostId a, HostId b) const {
  return a == b || (!infos_[a].boot_id.empty() && infos_[a].boot_id == infos_[b].boot_id);
}

const wg::PublicKey* Hosts::device_key(HostId host, const event::DeviceKey& device) const {
  const auto it = keys_.find({host, device});
  return it == keys_.end() || wg::is_zero(it->second) ? nullptr : &it->second;
}

const std::vector<Hosts::Place>& Hosts::watching(const wg::PublicKey& key) const {
  static const std::vector<Place> kNobody;
  const auto it = watching_.find(key);
  return it == watching_.end() ? kNobody : it->second;
}

bool Hosts::has_device_in(HostId host, std::uint32_t netns,
                          const std::optional<wg::PublicKey>& key) const {
  const auto& devices = infos_[host].devices;
  return key && !wg::is_zero(*key) &&
         std::any_of(devices.begin(), devices.end(), [&](const event::DeviceInfo& device) {
           return device.key.netns == netns && device.public_key == *key;
         });
}

bool Hosts::watches_other_than(HostId host, const event::DeviceKey& device) const {
  return keys_.size() > keys_.count({host, device});
}

void Hosts::index_devices() {
  keys_.clear();
  watching_.clear();
  for (HostId host = 0; host < infos_.size(); ++host) {
    for (const event::DeviceInfo& device : infos_[host].devices) {
      keys_[{host, device.key}] = device.public_key;
      if (wg::is_zero(device.public_key)) continue;
      std::vector<Place>& places = watching_[device.public_key];
      const Place place{host, device.key};
      if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    }
  }
}

bool sees_all_of(const event::HostInfo& receiver, const event::HostInfo& sender) {
  return receiver.filter.empty() || receiver.filter == sender.filter;
}

}  // namespace wgt::join
