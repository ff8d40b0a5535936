// SPDX-License-Identifier: GPL-2.0-only
// Health reports as Prometheus reads them (text format 0.0.4).
#pragma once

#include <map>
#include <ostream>
#include <span>
#include <string>

#include "plugin/health/report.h"

namespace wgt::sink {

// lost: records, by cause, of all interfaces together.
void prometheus(std::ostream& out, std::span<const health::InterfaceReport> reports,
                const std::map<std::string, std::uint64_t>& lost);

}  // namespace wgt::sink
