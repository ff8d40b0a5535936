// SPDX-License-Identifier: GPL-2.0-only
// The closing line of a text stream.
#pragma once

#include <string>

#include "plugin/explain/path_view.h"

namespace wgt::sink {

// "12 paths: 10 delivered, 2 rx.disallowed_source; 0 filtered; 0 lost", and a plain warning where
// records are missing. At most 80 columns a line; ends with a newline. ASCII.
std::string summary_text(const explain::Summary& summary);

}  // namespace wgt::sink
