// SPDX-License-Identifier: GPL-2.0-only
// The one way to standard error: what is said there beside the results.
#pragma once

#include <string_view>

namespace wgt::sink {

// One line, at once. Names from outside may be in it, in errors about them too: it is made
// printable, so that nothing in it steers the terminal or begins another line.
void say(std::string_view line);

}  // namespace wgt::sink
