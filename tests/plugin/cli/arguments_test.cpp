// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/arguments.h"

#include <gtest/gtest.h>

#include "plugin/cli/command.h"

namespace wgt::cli {
namespace {

Result<Arguments> parse(const char* command, const std::vector<std::string>& words) {
  return parse_arguments(*find_command(command), words);
}

TEST(Arguments, FilterMayBeOneWordOrMany) {
  const auto many = parse("watch", {"wg0", "tcp", "and", "dst", "port", "443", "--json"});
  ASSERT_TRUE(many);
  EXPECT_EQ(filter_words(*many, 1), "tcp and dst port 443");
  EXPECT_TRUE(many->json);
  const auto one = parse("watch", {"wg0", "tcp and dst port 443"});
  ASSERT_TRUE(one);
  EXPECT_EQ(filter_words(*one, 1), "tcp and dst port 443");
  EXPECT_EQ(filter_words(*one, 2), "");
}

TEST(Arguments, TakeEachOptionLongAndShort) {
  const auto a = parse("record", {"-n", "red", "wg0", "-o", "f", "-t", "1.5", "-c", "7"});
  ASSERT_TRUE(a);
  EXPECT_EQ(a->netns, "red");
  EXPECT_EQ(a->output, "f");
  EXPECT_EQ(a->count, 7U);
  EXPECT_EQ(a->duration, std::chrono::milliseconds(1501));
  EXPECT_EQ(a->words, std::vector<std::string>{"wg0"});
}

TEST(Arguments, RefuseWhatTheCommandDoesNotHave) {
  EXPECT_FALSE(parse("up", {"wg0", "--json"}));
  EXPECT_FALSE(parse("join", {"f", "--all"}));
  EXPECT_FALSE(parse("watch", {"wg0", "--nonsense"}));
}

TEST(Arguments, DoNotGuessAbbreviations) { EXPECT_FALSE(parse("watch", {"wg0", "--js"})); }

TEST(Arguments, RefuseNumbersThatAreNone) {
  for (const char* bad : {"0", "-1", "x", "1x", "", "1e400", "nan", "inf", "99999999999"})
    EXPECT_FALSE(parse("watch", {"wg0", std::string("--for=") + bad})) << bad;
  for (const char* bad : {"0", "-1", "x", "1.5", "", "99999999999999999999"})
    EXPECT_FALSE(parse("watch", {"wg0", std::string("--count=") + bad})) << bad;
  EXPECT_FALSE(parse("watch", {"wg0", "--color", "sometimes"}));
}

TEST(Arguments, ErrorsAreTheUsers) {
  const auto refused = parse("watch", {"wg0", "--count", "none"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kInvalid);
  EXPECT_EQ(refused.error().text, "--count none: not a whole number above 0");
}

// What is wrong about --pair is told before root is asked for.
TEST(Arguments, OfPairedSessionsAreChecked) {
  const auto refused = [](const char* command, const std::vector<std::string>& words) {
    const auto arguments = parse(command, words);
    if (!arguments) return arguments.error().code == Errc::kInvalid;
    const auto result = find_command(command)->run(*arguments);
    return !result && result.error().code == Errc::kInvalid;
  };
  const std::vector<std::vector<std::string>> bad_watches = {
      {"--all", "--pair", "b"},
      {"--pair", "b"},
      {"wg0", "--peer", "x"},
      {"wg0", "--sample", "0"},
      {"wg0", "--sample", "1/0"},
      {"wg0", "--sample", "2/3"},
      {"wg0", "--pair", "b", "--sample", "0"},
      {"wg0", "--pair", "b", "--sample", "4294967296"},
      {"wg0", "--pair", "b", "--peer", "x"},
      {"wg0", "--pair", "b:0"},
      {"wg0", "--pair", "ssh:"},
      {"wg0;reboot", "--pair", "ssh:b"},
      {"wg0", "--pair", "b", "ip6 protochain 6"},
  };
  for (const auto& words : bad_watches) EXPECT_TRUE(refused("watch", words)) << words.back();
  EXPECT_TRUE(refused("listen", {}));
  EXPECT_TRUE(refused("listen", {"wg0", "wg1"}));
  EXPECT_TRUE(refused("listen", {"wg0", "--stdio", "--bind", "192.0.2.1"}));
  EXPECT_TRUE(refused("listen", {"wg0", "--bind", "192.0.2.1:x"}));
}

TEST(Commands, EachTeachesAndFitsTheScreen) {
  for (const Command& c : commands()) {
    EXPECT_NE(c.run, nullptr);
    EXPECT_FALSE(c.summary.empty());
    std::string text = std::string(c.details) + options_help(c);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      EXPECT_LE(end - at, 80U) << c.name << ": " << text.substr(at, end - at);
      at = end + 1;
    }
  }
}

}  // namespace
}  // namespace wgt::cli
