// SPDX-License-Identifier: GPL-2.0-only
// An inner packet in words, for both text forms.
#pragma once

#include <string>
#include <vector>

#include "plugin/explain/path_view.h"

namespace wgt::sink {

// "tcp 10.0.0.1:43922", "→ 10.0.0.2:443", "84 bytes": may be broken between the parts.
std::vector<std::string> flow_parts(const event::Tuple& flow);

// What stands for the inner packet when it is not known.
std::string unknown_inner(const explain::PathView& path);

// "10.0.0.1:43922→10.0.0.2:443", "10.9.0.1→10.9.0.2 echo 17/1"
std::string compact_flow(const event::Tuple& flow);

}  // namespace wgt::sink
