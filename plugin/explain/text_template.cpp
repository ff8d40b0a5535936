// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/text_template.h"

#include <algorithm>

#include "wgtools/base/shell.h"

namespace wgt::explain {
namespace {

using Quote = std::optional<std::string> (*)(std::string_view);

std::optional<std::string> as_it_is(std::string_view text) { return std::string(text); }

std::optional<std::string> fill_gap(std::string_view gap, const Facts& facts, Quote quote) {
  const bool condition = gap.starts_with('?');
  if (condition) gap.remove_prefix(1);
  const auto bar = gap.find('|');
  const auto fact = facts.find(gap.substr(0, bar));
  if (fact == facts.end()) {
    if (bar == std::string_view::npos) return std::nullopt;
    return std::string(gap.substr(bar + 1));
  }
  return condition ? std::string() : quote(fact->second);
}

// Whether `text` ends inside a command of a sentence: `...`.
bool in_command(bool before, std::string_view text) {
  return before != (std::ranges::count(text, '`') % 2 != 0);
}

std::optional<std::string> fill(std::string_view text, const Facts& facts, Quote quote) {
  std::string filled;
  bool command = false;
  while (true) {
    const auto open = text.find('{');
    const std::string_view words = text.substr(0, open);
    filled += words;
    if (open == std::string_view::npos) return filled;
    command = in_command(command, words);
    const auto close = text.find('}', open);
    const auto part =
        fill_gap(text.substr(open + 1, close - open - 1), facts, command ? shell_word : quote);
    if (!part) return std::nullopt;
    filled += *part;
    text.remove_prefix(close + 1);
  }
}

}  // namespace

std::optional<std::string> fill_sentence(std::string_view text, const Facts& facts) {
  return fill(text, facts, as_it_is);
}

std::optional<std::string> fill_command(std::string_view text, const Facts& facts) {
  return fill(text, facts, shell_word);
}

}  // namespace wgt::explain
