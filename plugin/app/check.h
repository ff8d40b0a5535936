// SPDX-License-Identifier: GPL-2.0-only
// check: the host around an interface, without traffic and without tracing.
#pragma once

#include <optional>

#include "plugin/app/interface.h"
#include "plugin/health/host_facts.h"
#include "wgtools/base/ip.h"
#include "wgtools/base/result.h"

namespace wgt::app {

// Asks the kernel for routes and settings, and name servers for the names of the wg-quick file.
Result<health::CheckReport> check(const Interface& interface,
                                  const std::optional<IpAddress>& destination);

}  // namespace wgt::app
