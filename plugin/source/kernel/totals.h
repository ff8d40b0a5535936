// SPDX-License-Identifier: GPL-2.0-only
// What the kernel side has counted since `up`, read from the pinned maps.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "plugin/event/device_key.h"
#include "plugin/event/peer_state.h"
#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::kernel {

// Sums over CPUs.
struct PeerTotals {
  std::uint64_t peer_id = 0;
  bool shared = false;  // on some CPU the slot is another peer's: the sums are not whole
  std::uint64_t decrypted = 0;
  std::uint64_t source_looked = 0;
  event::Histogram tx_latency = {};
  event::Histogram rx_latency = {};
};

Result<std::vector<event::CountedDrops>> drop_counts(const PinDirectory& pins,
                                                     const event::DeviceKey& device);

// Runs `dump`, which must make the calling thread dump the device by netlink;
// meanwhile the kernel side writes its sessions, listen port and index table.
Result<std::vector<event::PeerSessions>> seed_sessions(const PinDirectory& pins,
                                                       const event::DeviceKey& device,
                                                       const std::function<Result<void>()>& dump);

// Totals of the peers, in their order; zero where a slot belongs to another peer.
Result<std::vector<PeerTotals>> peer_totals(const PinDirectory& pins,
                                            std::span<const std::uint64_t> peer_ids);

// What was counted for a device and its peers before it was traced (this time) is not its own.
Result<void> forget_counts(const PinDirectory& pins, const event::DeviceKey& device,
                           std::span<const event::PeerSessions> peers);

// What vanished since `up` before any consumer's ring, by cause of losses.def.
Result<std::map<std::string, std::uint64_t>> lost_records(const PinDirectory& pins);

}  // namespace wgt::kernel
