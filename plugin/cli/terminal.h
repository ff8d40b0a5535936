// SPDX-License-Identifier: GPL-2.0-only
// What the standard output, or a file instead of it, can show.
#pragma once

#include <unistd.h>

#include <string>

#include "plugin/sink/text/text_line.h"

namespace wgt::cli {

// when: auto, always, never. auto: a terminal, unless NO_COLOR; WG_COLOR_MODE as wg has it.
bool want_color(const std::string& when, int fd = STDOUT_FILENO);

bool locale_is_utf8();

// color: as `when` above.
inline sink::TextStyle text_style(const std::string& color, int fd = STDOUT_FILENO) {
  return {.color = want_color(color, fd), .utf8 = locale_is_utf8()};
}

}  // namespace wgt::cli
