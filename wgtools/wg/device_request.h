// SPDX-License-Identifier: GPL-2.0-only
//
// WG_CMD_GET_DEVICE: the request, and each message of the kernel's answer as it came, in memory
// that is wiped behind it. For device_dump.h and secret_dump.h, which say what is taken out of it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "wgtools/base/result.h"
#include "wgtools/wg/netlink_reply.h"

namespace wgt::wg {

// An interface's name (1 to 15 bytes) or index.
using DeviceSelector = std::variant<std::string, std::uint32_t>;

// True when the configuration changed meanwhile. Errors: the kernel's refusal as it is,
// kUnsupported when it has no WireGuard, and what `handle` returned.
Result<bool> request_device(const DeviceSelector& selector, const MessageHandler& handle);

// The kernel's refusal as a sentence about `interface`.
Error explain_refusal(Error error, std::string_view interface);

}  // namespace wgt::wg
