// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/sinks.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/plugin/sink/render.h"

namespace wgt::sink {
namespace {

TEST(Writers, AreFoundByName) {
  for (const SinkKind& kind : sink_kinds()) {
    EXPECT_EQ(find_sink(kind.name), &kind);
    EXPECT_FALSE(kind.help.empty());
  }
  EXPECT_EQ(find_sink("pdf"), nullptr);
}

TEST(Writers, EachWritesAPathAndASummary) {
  for (const SinkKind& kind : sink_kinds()) {
    std::ostringstream out;
    const auto writer = kind.make(out, test::kUtf8);
    writer->path(test::delivered().view());
    if (kind.binary) {
      EXPECT_GT(out.str().size(), 500U) << kind.name;
      continue;
    }
    writer->summary({.paths = 1, .by_verdict = {{"delivered", 1}}});
    EXPECT_NE(out.str().find("10.0.0.2"), std::string::npos) << kind.name;
    EXPECT_TRUE(out.str().ends_with("\n")) << kind.name;
  }
}

TEST(Writers, NoTextFormLetsAnEscapeThrough) {
  test::Scene scene = test::disallowed_source();
  scene.hosts[0].hostname = "a\x1b[2J";
  scene.hosts[1].hostname = "b\n\x9b";
  scene.hosts[0].devices[0].name = "wg\a0";
  scene.hosts[1].devices[0].netns = "\xe2\x80\xae";
  for (const char* name : {"block", "line"}) {
    const std::string text = test::render(name, scene.view());
    EXPECT_EQ(text.find_first_of("\x1b\a\r"), std::string::npos) << text;
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos) << text;
  }
  EXPECT_NE(test::render("block", scene.view()).find("a\\x1b[2J"), std::string::npos);
}

TEST(Writers, TextIsAsciiOnRequest) {
  for (const char* name : {"block", "line"}) {
    const std::string text = test::render(name, test::disallowed_source().view(), test::kAscii);
    for (const char c : text) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\n') << text;
  }
}

TEST(Writers, ColourIsOnlyUsedWhenAsked) {
  for (const char* name : {"block", "line"}) {
    const explain::PathView path = test::delivered().view();
    EXPECT_EQ(test::render(name, path).find('\x1b'), std::string::npos);
    EXPECT_NE(test::render(name, path, {.color = true, .utf8 = true}).find('\x1b'),
              std::string::npos);
  }
}

}  // namespace
}  // namespace wgt::sink
