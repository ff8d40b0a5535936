// SPDX-License-Identifier: GPL-2.0-only
// One line of text output: knows its width in columns, colours or not, and is safe to show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wgt::sink {

struct TextStyle {
  bool color = false;
  bool utf8 = false;  // the locale's character set is UTF-8
};

enum class Ink { kPlain, kBold, kDim, kGood, kBad, kDoubt };

constexpr std::size_t kColumns = 80;

class TextLine {
 public:
  explicit TextLine(const TextStyle& style) : style_(style) {}

  TextLine& add(std::string_view text, Ink ink = Ink::kPlain);  // made printable
  TextLine& add_left(std::string_view text, std::size_t width, Ink ink = Ink::kPlain);
  TextLine& add_right(std::string_view text, std::size_t width, Ink ink = Ink::kPlain);
  TextLine& pad_to(std::size_t column);  // with spaces, if the line is not there yet

  std::size_t width() const { return width_; }
  std::size_t width_of(std::string_view text) const;  // if it were added
  std::string text() const;                           // without spaces at the end

 private:
  TextStyle style_;
  std::string text_;
  std::size_t width_ = 0;
};

}  // namespace wgt::sink
