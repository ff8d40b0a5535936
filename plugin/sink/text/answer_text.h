// SPDX-License-Identifier: GPL-2.0-only
// The answer of `why`, and the lines of `ping`.
#pragma once

#include <ostream>
#include <string>

#include "plugin/health/answer.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

void answer_text(std::ostream& out, const health::WhyFacts& facts, const health::Answer& answer,
                 const TextStyle& style);

// What a probe took in each part of its way, as far as it is known:
// "there 19.5 µs, network 420 µs, 13.9 µs; back …"
std::string times_text(const health::Probe& probe);

}  // namespace wgt::sink
