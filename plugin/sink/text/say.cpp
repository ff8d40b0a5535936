// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/say.h"

#include <iostream>

#include "plugin/sink/text/printable.h"

namespace wgt::sink {

void say(std::string_view line) { std::cerr << printable(line, true) + "\n" << std::flush; }

}  // namespace wgt::sink
