// SPDX-License-Identifier: GPL-2.0-only
// The answer of `why`.
#pragma once

#include <ostream>

#include "plugin/health/answer.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

void answer_text(std::ostream& out, const health::WhyFacts& facts, const health::Answer& answer,
                 const TextStyle& style);

}  // namespace wgt::sink
