// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/text_template.h"

#include <gtest/gtest.h>

namespace wgt::explain {
namespace {

const Facts kGaps = {{"name", "wg0"}, {"odd", "it's $(reboot)"}, {"flag", "1"}};

TEST(FillSentence, PutsFactsIntoGaps) {
  EXPECT_EQ(fill_sentence("on {name}, {name}", kGaps), "on wg0, wg0");
  EXPECT_EQ(fill_sentence("no gaps", kGaps), "no gaps");
  EXPECT_EQ(fill_sentence("", kGaps), "");
}

TEST(FillSentence, DoesNotApplyWithoutAFactThatItNeeds) {
  EXPECT_EQ(fill_sentence("on {name} at {place}", kGaps), std::nullopt);
}

TEST(FillSentence, UsesItsOwnWordsForAFactThatItDoesNotNeed) {
  EXPECT_EQ(fill_sentence("at {place|some place}", kGaps), "at some place");
  EXPECT_EQ(fill_sentence("on {name|some interface}", kGaps), "on wg0");
  EXPECT_EQ(fill_sentence("{place|}wg show", kGaps), "wg show");
}

TEST(FillSentence, AppliesOnCondition) {
  EXPECT_EQ(fill_sentence("{?flag}yes", kGaps), "yes");
  EXPECT_EQ(fill_sentence("{?other}yes", kGaps), std::nullopt);
}

TEST(FillCommand, QuotesWhatTheShellWouldActOn) {
  EXPECT_EQ(fill_command("ip link set {name} up", kGaps), "ip link set wg0 up");
  EXPECT_EQ(fill_command("ip link set {odd} up", kGaps), R"(ip link set 'it'\''s $(reboot)' up)");
}

TEST(FillCommand, DoesNotApplyWhenAFactCannotBePartOfACommand) {
  EXPECT_EQ(fill_command("ip link set {x} up", {{"x", "-all"}}), std::nullopt);
  EXPECT_EQ(fill_command("ip link set {x} up", {{"x", "wg\n0"}}), std::nullopt);
  EXPECT_EQ(fill_command("ip link set {x} up", {{"x", "wg\xc3\xa4"}}), std::nullopt);
  EXPECT_EQ(fill_command("ip link set {x} up", {{"x", ""}}), std::nullopt);
}

TEST(FillSentence, QuotesInCommandsThatItNames) {
  EXPECT_EQ(fill_sentence("{odd}: see `wg show {odd} dump` of {odd}", kGaps),
            R"(it's $(reboot): see `wg show 'it'\''s $(reboot)' dump` of it's $(reboot))");
}

}  // namespace
}  // namespace wgt::explain
