// SPDX-License-Identifier: GPL-2.0-only
// The kernel side's life: up (load, attach, pin, register a device) and down.
// Everything here survives the process; nothing here needs one to keep running.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugin/event/device_key.h"
#include "plugin/source/kernel/bpf_object.h"
#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::kernel {

struct TracedDevice {
  event::DeviceKey key = {};
  std::uint64_t up_mono_ns = 0;       // since when: CLOCK_MONOTONIC
  std::uint64_t rx_errors_at_up = 0;  // the interface's own counter at that time
  // Where its encrypted packets are: inode of the namespace that it was made in, which it may have
  // left since; 0: not known.
  std::uint32_t outer_netns = 0;
  std::uint64_t waits_mono_ns = 0;  // when a packet was last seen to wait, to 3 s; 0: never
};

// Told each thing that is about to change in the kernel.
using Announce = std::function<void(const std::string&)>;

// Starts tracing a device; loads and pins the programs if nobody has. Idempotent:
// false if it was traced already. Undoes what it did when it fails.
Result<bool> up(const PinDirectory& pins, const event::DeviceKey& device, std::uint64_t rx_errors,
                const Announce& announce);

// Stops tracing a device; with the last one everything of ours leaves the
// kernel, and has left it on return: said, if what a stopped consumer holds has not.
// False if it was not traced.
Result<bool> down(const PinDirectory& pins, const event::DeviceKey& device,
                  const Announce& announce);
// Forgets a device that is gone without anything of ours noticing (it was moved to another
// namespace), and leaves the rest as it is.
Result<void> forget(const PinDirectory& pins, const event::DeviceKey& device);
Result<void> down_all(const PinDirectory& pins, const Announce& announce);

// Empty when nothing is traced. kVersion if another version's programs are pinned.
Result<std::vector<TracedDevice>> traced_devices(const PinDirectory& pins);

// Each hook: ok = attached now; else why it can't be, or "" if it could and nobody
// needs it at the moment.
Result<std::vector<Attached>> hook_states(const PinDirectory& pins);

}  // namespace wgt::kernel
