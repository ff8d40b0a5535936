// SPDX-License-Identifier: GPL-2.0-only
// `health --json`: a line for each peer ("peer_health"), and before them one for the interface
// ("interface_health") with the findings that are no peer's.
#pragma once

#include <ostream>

#include "plugin/health/host_facts.h"
#include "plugin/health/report.h"

namespace wgt::sink {

void health_json(std::ostream& out, const health::InterfaceReport& report);

// `check --json`: one line ("check").
void check_json(std::ostream& out, const health::CheckReport& report);

}  // namespace wgt::sink
