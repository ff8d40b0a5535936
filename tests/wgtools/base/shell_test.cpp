// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/shell.h"

#include <gtest/gtest.h>

namespace wgt {
namespace {

TEST(ShellWord, LeavesKeysListsAndEndpointsAsTheyAre) {
  const char* key = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
  EXPECT_EQ(shell_word(key), key);
  EXPECT_EQ(shell_word("10.0.0.1/32,fd00::/64"), "10.0.0.1/32,fd00::/64");
  EXPECT_EQ(shell_word("a@b%c:1"), "a@b%c:1");
}

TEST(ShellWord, QuotesWhatTheShellWouldActOn) {
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's $(reboot)"), R"('it'\''s $(reboot)')");
  for (const char c : std::string_view(" !\"#$&'()*;<>?[\\]^`{|}~"))
    EXPECT_EQ(shell_word(std::string(1, c))->front(), '\'') << c;
}

TEST(ShellWord, RefusesWhatCannotBeAWord) {
  EXPECT_EQ(shell_word(""), std::nullopt);
  EXPECT_EQ(shell_word("-all"), std::nullopt);
  EXPECT_EQ(shell_word("wg\n0"), std::nullopt);
  EXPECT_EQ(shell_word("wg\x1b[2J"), std::nullopt);
  EXPECT_EQ(shell_word("wg\xc3\xa4"), std::nullopt);
}

TEST(ShellCommand, PutsWordsIntoGapsInTheirOrder) {
  EXPECT_EQ(shell_command("nft list ruleset", {}), "nft list ruleset");
  EXPECT_EQ(shell_command("wg set {} peer {} endpoint HOST:PORT", {"wg;x", "k="}),
            "wg set 'wg;x' peer k= endpoint HOST:PORT");
}

TEST(ShellCommand, IsNoneWhenOneValueCannotBeAWord) {
  EXPECT_EQ(shell_command("ip route add {} dev {}", {"10.0.0.0/8", "-x"}), std::nullopt);
}

TEST(ShellCommand, AValueIsNotReadAsAGap) {
  EXPECT_EQ(shell_command("a {} b {}", {"{}", "c"}), "a '{}' b c");
}

TEST(InNetns, QuotesTheNameAndIsNoneWithoutIt) {
  EXPECT_EQ(in_netns("wg show wg0", "red"), "ip netns exec red wg show wg0");
  EXPECT_EQ(in_netns("wg show wg0", "$(reboot)"), "ip netns exec '$(reboot)' wg show wg0");
  EXPECT_EQ(in_netns("wg show wg0", "-all"), std::nullopt);
}

}  // namespace
}  // namespace wgt
