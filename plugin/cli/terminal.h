// SPDX-License-Identifier: GPL-2.0-only
// What the standard output can show.
#pragma once

#include <string>

namespace wgt::cli {

// when: auto, always, never. auto: a terminal, unless NO_COLOR; WG_COLOR_MODE as wg has it.
bool want_color(const std::string& when);

bool locale_is_utf8();

}  // namespace wgt::cli
