// SPDX-License-Identifier: GPL-2.0-only
// The answer of `why` as one JSON object, and a line of `ping`.
#pragma once

#include <boost/json.hpp>

#include "plugin/health/answer.h"

namespace wgt::sink {

boost::json::object to_json(const health::Probe& probe);
boost::json::object to_json(const health::WhyFacts& facts, const health::Answer& answer);

}  // namespace wgt::sink
