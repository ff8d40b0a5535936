// SPDX-License-Identifier: GPL-2.0-only
// What the standard output can show.
#pragma once

#include <string>

#include "plugin/sink/text/text_line.h"

namespace wgt::cli {

// when: auto, always, never. auto: a terminal, unless NO_COLOR; WG_COLOR_MODE as wg has it.
bool want_color(const std::string& when);

bool locale_is_utf8();

// color: as `when` above.
inline sink::TextStyle text_style(const std::string& color) {
  return {.color = want_color(color), .utf8 = locale_is_utf8()};
}

}  // namespace wgt::cli
