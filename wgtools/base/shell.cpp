// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/shell.h"

#include <algorithm>

namespace wgt {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_.,:/@%+=-").find(c) != std::string_view::npos;
}

bool is_printable_ascii(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

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

std::optional<std::string> shell_command(std::string_view pattern,
                                         std::initializer_list<std::string_view> values) {
  std::string command;
  for (const std::string_view value : values) {
    const auto gap = pattern.find("{}");
    const auto word = shell_word(value);
    if (!word || gap == std::string_view::npos) return std::nullopt;
    command += pattern.substr(0, gap);
    command += *word;
    pattern.remove_prefix(gap + 2);
  }
  return command += pattern;
}

std::optional<std::string> in_netns(std::string_view command, std::string_view netns) {
  auto whole = shell_command("ip netns exec {} ", {netns});
  if (whole) *whole += command;
  return whole;
}

}  // namespace wgt
