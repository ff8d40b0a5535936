// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/hooks_text.h"

#include <gtest/gtest.h>

#include <sstream>

#include "plugin/sink/text/printable.h"
#include "plugin/source/kernel/hook_table.h"

namespace wgt::cli {
namespace {

std::string text_of_all(const std::string& why) {
  std::vector<kernel::Attached> states;
  for (const kernel::Hook& hook : kernel::hooks()) states.push_back({&hook, why.empty(), why});
  std::ostringstream out;
  hooks_text(out, states, {.color = false, .utf8 = true});
  return out.str();
}

void expect_narrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(sink::columns(line), 80U) << line;
}

TEST(HooksText, EveryHookFitsOnTheScreen) {
  expect_narrow(text_of_all(""));
  expect_narrow(
      text_of_all("this kernel has no function of that name that could be attached to, "
                  "because the compiler put it into its callers"));
}

TEST(HooksText, StatesStandInOneColumn) {
  std::istringstream lines(text_of_all(""));
  std::size_t column = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(" ")) continue;
    const std::size_t here = line.rfind(" attached");
    ASSERT_NE(here, std::string::npos) << line;
    if (column == 0) column = here;
    EXPECT_EQ(here, column) << line;
  }
}

TEST(HooksText, AReasonFromTheKernelCannotSteerTheTerminal) {
  const std::string text = text_of_all("no\x1b[2J\n");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("cannot tell these: no\\x1b[2J"), std::string::npos);
}

}  // namespace
}  // namespace wgt::cli
