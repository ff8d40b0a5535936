// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <compare>
#include <cstdint>

namespace wgt::event {

// A device of one host, for as long as it exists.
struct DeviceKey {
  std::uint32_t netns = 0;  // inode of its network namespace
  std::uint32_t ifindex = 0;
  friend auto operator<=>(const DeviceKey&, const DeviceKey&) = default;
};

}  // namespace wgt::event
