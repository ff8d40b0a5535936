// SPDX-License-Identifier: GPL-2.0-only
// A path as JSON, written where it goes: a stream has a million of them, and a tree of each would
// take most of the time. The bytes are what json_line() makes of such a tree.
#pragma once

#include <string>

#include "plugin/explain/path_view.h"

namespace wgt::sink {

// One line, with its end.
void append_json(const explain::PathView& path, std::string& out);

}  // namespace wgt::sink
