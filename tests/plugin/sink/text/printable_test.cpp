// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/printable.h"

#include <gtest/gtest.h>

namespace wgt::sink {
namespace {

TEST(Printable, EscapesWhatSteersATerminal) {
  EXPECT_EQ(printable("wg\x1b[2J", true), "wg\\x1b[2J");
  EXPECT_EQ(printable(std::string_view("a\0b\n\r\t\x7f", 7), true), "a\\x00b\\x0a\\x0d\\x09\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J",
                      true),
            "\\xc2\\x9b2J")
      << "C1: CSI in one character";
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "gw",
                      true),
            "\\xe2\\x80\\xaegw")
      << "right-to-left override";
}

TEST(Printable, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(printable("\xff", true), "\\xff");
  EXPECT_EQ(printable("\xc3", true), "\\xc3") << "cut off";
  EXPECT_EQ(printable("\xc0\xaf", true), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(printable("\xe0\x80\xaf", true), "\\xe0\\x80\\xaf") << "overlong";
  EXPECT_EQ(printable("\xed\xa0\x80", true), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80", true), "\\xf4\\x90\\x80\\x80") << "above Unicode";
  EXPECT_EQ(printable("\xe2\x82q", true), "\\xe2\\x82q");
}

TEST(Printable, KeepsOrdinaryText) {
  EXPECT_EQ(printable("büro → 北", true), "büro → 北");
  EXPECT_EQ(printable("", true), "");
}

TEST(Printable, IsAsciiOnRequest) {
  EXPECT_EQ(printable("a → b 3.0 µs ± 1 hK7… │┆✓✗", false), "a -> b 3.0 us +- 1 hK7... |:OK!!");
  EXPECT_EQ(printable("bü", false), "b\\xc3\\xbc");
}

TEST(Printable, TwiceIsAsGoodAsOnce) {
  const std::string once = printable("\x1b→", false);
  EXPECT_EQ(printable(once, false), once);
}

TEST(ValidUtf8, ReplacesOnlyWhatIsBroken) {
  EXPECT_EQ(valid_utf8("a\xff"
                       "b\n→"),
            "a\xef\xbf\xbd"
            "b\n→");
}

TEST(Columns, CountsCharacters) {
  EXPECT_EQ(columns("abc"), 3U);
  EXPECT_EQ(columns("→µ…"), 3U);
}

TEST(Wrap, BreaksAtSpaces) {
  EXPECT_EQ(wrap("one two three", 7, 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("one two three", 3, 9), (std::vector<std::string>{"one", "two three"}));
  EXPECT_EQ(wrap("", 7, 7), std::vector<std::string>{""});
}

TEST(Wrap, BreaksAWordOnlyWhenItDoesNotFitAlone) {
  EXPECT_EQ(wrap("a abcdefgh b", 4, 4), (std::vector<std::string>{"a", "abcd", "efgh", "b"}));
  EXPECT_EQ(wrap("→→→→→", 4, 4), (std::vector<std::string>{"→→→→", "→"}));
  EXPECT_EQ(wrap("abcd", 2, 4), (std::vector<std::string>{"", "abcd"}));
}

// What a hostile host name may cost. Looking at the rest of the word for every line would take this
// test hours.
TEST(Wrap, IsLinearInTheLengthOfAWord) {
  const std::string word(std::size_t{8} << 20U, 'a');
  EXPECT_EQ(wrap(word, 40, 80).size(), 2 + (word.size() - 1) / 80);
}

TEST(Wrap, KeepsEveryWord) {
  for (std::size_t width = 1; width < 12; width++) {
    std::string joined;
    for (const std::string& line : wrap("a bb ccc dddd eeeee ffffff", 3, width)) {
      EXPECT_LE(columns(line), std::max<std::size_t>(width, 3));
      joined += line;
    }
    std::erase(joined, ' ');
    EXPECT_EQ(joined, "abbcccddddeeeeeffffff") << width;
  }
}

TEST(JsonPrintable, EscapesWhatSteersATerminal) {
  EXPECT_EQ(json_printable("\"a\x7f\xc2\x9b"
                           "2J\xe2\x80\xae→\""),
            "\"a\\u007f\\u009b2J\\u202e→\"");
  EXPECT_EQ(json_printable("\"a\xff\""), "\"a\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace wgt::sink
