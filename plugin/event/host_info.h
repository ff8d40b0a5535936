// SPDX-License-Identifier: GPL-2.0-only
// What is needed to read the records of one host besides the records: its
// names, its clock, and when it was watched. Filled by plugin/source/kernel on a live
// host (host_names.cpp), stored at the head of a recording, so that decoding
// stays pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/event/device_key.h"
#include "wgtools/wg/key.h"

namespace wgt::event {

struct DeviceInfo {
  DeviceKey key;                     // network namespace inode, ifindex
  std::optional<std::string> netns;  // name under /run/netns; nullopt: the initial namespace
  std::string name;                  // "wg0"
  wg::PublicKey public_key;          // zero when the device has no private key
  // When it was traced. A device that was traced twice is listed twice.
  std::uint64_t traced_since_mono_ns = 0;
  std::uint64_t traced_until_mono_ns = 0;  // 0: still, or as long as its host was watched
};

struct HostInfo {
  std::string hostname;
  std::string kernel;                                 // uname -r
  std::string boot_id;                                // equal boot ids share one monotonic clock
  std::int64_t wall_minus_mono_ns = 0;                // CLOCK_REALTIME - CLOCK_MONOTONIC
  std::uint64_t watch_started_mono_ns = 0;            // every packet from then on was seen
  std::uint64_t watch_ended_mono_ns = 0;              // 0: watched still, or nobody knows
  std::string filter;                                 // packets that were looked for; "": all
  std::map<std::uint32_t, std::string> drop_reasons;  // enum skb_drop_reason, from BTF
  std::map<std::uint64_t, std::string> functions;     // drop_location -> function, as they occur
  // Kernel stacks of drops by StackDrop::stack, as they occur: functions, the innermost first,
  // separated by spaces.
  std::map<std::uint32_t, std::string> stacks;
  std::vector<DeviceInfo> devices;  // traced when the records were taken
  // Devices that were not asked for, known because they carry what is sent by those that were:
  // their names. What is not seen there says nothing. Not recorded.
  std::vector<DeviceInfo> carriers;
};

}  // namespace wgt::event
