// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/text_line.h"

#include <gtest/gtest.h>

namespace wgt::sink {
namespace {

TEST(TextLine, CountsColumnsNotBytesAndNotColours) {
  TextLine line({.color = true, .utf8 = true});
  line.add("→", Ink::kBold).add_right("12 µs", 8, Ink::kDim).add_left("x", 3).add("y");
  EXPECT_EQ(line.width(), 13U);
  EXPECT_EQ(line.text(), "\x1b[1m→\x1b[0m   \x1b[2m12 µs\x1b[0mx  y");
}

TEST(TextLine, HasNoSpacesAtItsEnd) {
  TextLine line({});
  line.add_left("abc", 9);
  EXPECT_EQ(line.text(), "abc");
  EXPECT_EQ(TextLine({}).pad_to(4).text(), "");
}

TEST(TextLine, AlignsTheAsciiFormToo) {
  TextLine line({.color = false, .utf8 = false});
  line.add_left("a→", 5).add("b");
  EXPECT_EQ(line.text(), "a->  b");
}

TEST(TextLine, LetsNoEscapeThrough) {
  TextLine line({.color = true, .utf8 = true});
  line.add("a\x1b[0m", Ink::kBad);
  EXPECT_EQ(line.text(), "\x1b[1;31ma\\x1b[0m\x1b[0m");
}

}  // namespace
}  // namespace wgt::sink
