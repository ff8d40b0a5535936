// SPDX-License-Identifier: GPL-2.0-only
// show: what the pinned maps and the kernel say of the traced interfaces, once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/event/device_key.h"
#include "plugin/explain/interface_view.h"
#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct Shown {
  std::vector<explain::InterfaceView> interfaces;  // the caller's namespace first, then by name
  std::vector<std::string> left_out;               // traced, but not to be asked any more: why
  std::vector<std::string> forgotten;              // were traced, and are gone from their namespace
  std::map<std::string, std::uint64_t> lost;       // records, by cause, since `up`
};

// only: nullopt for every traced interface.
Result<Shown> show(const kernel::PinDirectory& pins, std::optional<event::DeviceKey> only);

}  // namespace wgt::app
