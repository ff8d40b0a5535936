// SPDX-License-Identifier: GPL-2.0-only
// Text output of a scene, and the rule that it has at most 80 columns.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "plugin/sink/sinks.h"
#include "plugin/sink/text/printable.h"
#include "tests/support/view_builder.h"

namespace wgt::test {

constexpr sink::TextStyle kUtf8 = {.color = false, .utf8 = true};
constexpr sink::TextStyle kAscii = {.color = false, .utf8 = false};

inline std::string render(const char* writer, const explain::PathView& path,
                          const sink::TextStyle& style = kUtf8) {
  std::ostringstream out;
  sink::find_sink(writer)->make(out, style)->path(path);
  return out.str();
}

// Only a command that is too long by itself may be wider.
inline void expect_narrow(const std::string& text, const explain::PathView& path) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == path.verdict.command) continue;
    EXPECT_LE(sink::columns(line), 80U) << line;
  }
}

// A block of text with a newline before it, so that a golden text starts on its own line.
inline std::string block(const Scene& scene, const sink::TextStyle& style = kUtf8) {
  const explain::PathView path = scene.view();
  const std::string text = render("block", path, style);
  expect_narrow(text, path);
  return "\n" + text;
}

}  // namespace wgt::test
