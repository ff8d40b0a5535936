// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/printable.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace wgt::sink {
namespace {

struct Sign {
  std::string_view utf8;
  std::string_view ascii;
};
constexpr Sign kSigns[] = {
    {"→", "->"}, {"µ", "u"}, {"±", "+-"}, {"…", "..."}, {"│", "|"},
    {"┆", ":"},  {"·", "-"}, {"✓", "OK"}, {"✗", "!!"},
};

struct Character {
  std::size_t bytes = 1;
  bool valid = false;  // UTF-8, shortest form, no surrogate
  char32_t code = 0;
};

// The character that `text`, which is not empty, starts with.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {.bytes = 1, .valid = true, .code = lead};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
  char32_t code = static_cast<char32_t>(lead & (0x7f >> length));
  for (std::size_t i = 1; i < length; i++) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return {};
  return {.bytes = length, .valid = true, .code = code};
}

// C0, DEL, C1, and the marks that turn the direction of writing around.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

void append_hex(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    char text[5];
    std::snprintf(text, sizeof text, "\\x%02x",
                  static_cast<unsigned>(static_cast<std::uint8_t>(c)));
    out += text;
  }
}

// `text` is longer than `width` columns: where its first `width` columns end.
std::size_t bytes_of_columns(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  for (; width > 0; width--) end += first_character(text.substr(end)).bytes;
  return end;
}

}  // namespace

std::string printable(std::string_view text, bool utf8) {
  std::string out;
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, character.bytes);
    text.remove_prefix(character.bytes);
    const bool harmless = character.valid && !is_control(character.code);
    if (harmless && (utf8 || character.code < 0x80)) {
      out += bytes;
      continue;
    }
    const auto* sign = std::ranges::find(kSigns, bytes, &Sign::utf8);
    if (sign != std::end(kSigns))
      out += sign->ascii;
    else
      append_hex(out, bytes);
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character character = first_character(text);
    out += character.valid ? text.substr(0, character.bytes) : std::string_view("\xef\xbf\xbd");
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::string json_printable(std::string text) {
  const auto is_plain = [](char c) { return static_cast<std::uint8_t>(c) < 0x7f; };
  if (std::ranges::all_of(text, is_plain)) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const Character character = first_character(rest);
    if (!character.valid) {
      out += "\xef\xbf\xbd";
    } else if (character.code >= 0x7f && is_control(character.code)) {
      char escaped[12];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(character.code));
      out += escaped;
    } else {
      out += rest.substr(0, character.bytes);
    }
    rest.remove_prefix(character.bytes);
  }
  return out;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

// Every byte of the text is looked at a fixed number of times, however long a word is.
std::vector<std::string> wrap(std::string_view text, std::size_t first_width, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t room = first_width;
  std::size_t used = 0;  // columns of the last line
  const auto new_line = [&] {
    lines.emplace_back();
    room = width;
    used = 0;
  };
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    std::string_view word = text.substr(0, space);
    std::size_t wide = columns(word);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (!lines.back().empty()) {
      if (used + 1 + wide <= room) {
        lines.back() += ' ';
        used++;
      } else {
        new_line();
      }
    }
    for (; used + wide > room; new_line()) {
      if (used != 0 || room != width) continue;  // the next line may hold it whole
      const std::size_t end = bytes_of_columns(word, room);
      lines.back() += word.substr(0, end);
      word.remove_prefix(end);
      wide -= room;
    }
    lines.back() += word;
    used += wide;
  }
  return lines;
}

}  // namespace wgt::sink
