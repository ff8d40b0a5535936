// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/text_line.h"

#include "plugin/sink/text/printable.h"

namespace wgt::sink {
namespace {

const char* escape(Ink ink) {
  switch (ink) {
    case Ink::kPlain:
      return "";
    case Ink::kBold:
      return "\x1b[1m";
    case Ink::kDim:
      return "\x1b[2m";
    case Ink::kGood:
      return "\x1b[1;32m";
    case Ink::kBad:
      return "\x1b[1;31m";
    case Ink::kDoubt:
      return "\x1b[1;33m";
  }
  return "";
}

}  // namespace

TextLine& TextLine::add(std::string_view text, Ink ink) {
  if (text.empty()) return *this;
  const std::string shown = printable(text, style_.utf8);
  width_ += columns(shown);
  if (style_.color && ink != Ink::kPlain)
    text_ += escape(ink) + shown + "\x1b[0m";
  else
    text_ += shown;
  return *this;
}

TextLine& TextLine::add_left(std::string_view text, std::size_t width, Ink ink) {
  const std::size_t end = width_ + width;
  return add(text, ink).pad_to(end);
}

TextLine& TextLine::add_right(std::string_view text, std::size_t width, Ink ink) {
  const std::size_t taken = width_of(text);
  if (taken < width) pad_to(width_ + width - taken);
  return add(text, ink);
}

TextLine& TextLine::pad_to(std::size_t column) {
  if (column > width_) {
    text_.append(column - width_, ' ');
    width_ = column;
  }
  return *this;
}

std::size_t TextLine::width_of(std::string_view text) const {
  return columns(printable(text, style_.utf8));
}

std::string TextLine::text() const { return text_.substr(0, text_.find_last_not_of(' ') + 1); }

}  // namespace wgt::sink
