// SPDX-License-Identifier: GPL-2.0-only
// `health` for people, in the look of `wg show`: the worst peer first, healthy ones a line each.
#pragma once

#include <ostream>

#include "plugin/health/host_facts.h"
#include "plugin/health/report.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

void health_text(std::ostream& out, const health::InterfaceReport& report, const TextStyle& style);

// `check` for people: what is wrong, then what is fine.
void check_text(std::ostream& out, const health::CheckReport& report, const TextStyle& style);

}  // namespace wgt::sink
