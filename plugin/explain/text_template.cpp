// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/text_template.h"

#include <algorithm>

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

std::optional<std::string> fill(std::string_view text, const Facts& facts, Quote quote) {
  std::string filled;
  while (true) {
    const auto open = text.find('{');
    filled += text.substr(0, open);
    if (open == std::string_view::npos) return filled;
    const auto close = text.find('}', open);
    const auto part = fill_gap(text.substr(open + 1, close - open - 1), facts, quote);
    if (!part) return std::nullopt;
    filled += *part;
    text.remove_prefix(close + 1);
  }
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_.,:/@%+=-").find(c) != std::string_view::npos;
}

bool is_printable_ascii(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

std::optional<std::string> fill_sentence(std::string_view text, const Facts& facts) {
  return fill(text, facts, as_it_is);
}

std::optional<std::string> fill_command(std::string_view text, const Facts& facts) {
  return fill(text, facts, shell_word);
}

std::optional<std::string> shell_word(std::string_view text) {
  if (text.empty() || text.starts_with('-')) return std::nullopt;
  if (!std::ranges::all_of(text, is_printable_ascii)) return std::nullopt;
  if (std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'')
      word += "'\\''";
    else
      word += c;
  }
  return word + "'";
}

}  // namespace wgt::explain
