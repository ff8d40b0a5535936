// SPDX-License-Identifier: GPL-2.0-only
// Where an interface's socket is, and where that is seen from here.
#pragma once

#include <cstdint>

#include "plugin/event/device_key.h"
#include "plugin/health/host_facts.h"
#include "wgtools/base/result.h"

namespace wgt::app {

// Where a command about that namespace has to be run by who runs this program.
Result<health::Place> place_of(std::uint32_t netns);

// The namespace of a traced interface's socket, by the kernel's own word. 0: not traced, or that
// could not be asked.
std::uint32_t traced_socket(const event::DeviceKey& device);

}  // namespace wgt::app
