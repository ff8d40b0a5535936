// SPDX-License-Identifier: GPL-2.0-only
// health: what show reads, the handshakes, the kernel's timers and the wg-quick file, judged.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/event/device_key.h"
#include "plugin/health/report.h"
#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct Health {
  std::vector<health::InterfaceReport> interfaces;  // the caller's namespace first, then by name
  std::vector<std::string> left_out;                // could not be judged: why
  std::map<std::string, std::uint64_t> lost;        // records, by cause, since `up`
};

// What happened longer ago is not told as a finding.
constexpr std::chrono::seconds kHealthWindow{120};

// only: nullopt for every traced interface.
Result<Health> health(const kernel::PinDirectory& pins, std::optional<event::DeviceKey> only,
                      std::chrono::nanoseconds window);

}  // namespace wgt::app
