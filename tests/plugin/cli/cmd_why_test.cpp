// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with its words is said before anything is done.
#include <gtest/gtest.h>

#include "plugin/cli/command.h"

namespace wgt::cli {
namespace {

std::string wrong(const std::vector<std::string>& words) {
  const Command& why = *find_command("why");
  const auto arguments = parse_arguments(why, words);
  if (!arguments) return arguments.error().text;
  const auto result = run_why(*arguments);
  if (result) return "";
  EXPECT_EQ(result.error().code, Errc::kInvalid) << result.error().text;
  return result.error().text;
}

TEST(CmdWhy, RefusesWhatItCannotAsk) {
  EXPECT_EQ(wrong({}), "name one address, and perhaps a TCP port");
  EXPECT_EQ(wrong({"10.0.0.1", "1", "2"}), "name one address, and perhaps a TCP port");
  EXPECT_NE(wrong({"10.0.0.300"}).find("10.0.0.300"), std::string::npos);
  for (const char* port : {"0", "65536", "80x", "-1", ""})
    EXPECT_NE(wrong({"--", "10.0.0.1", port}), "") << port;
  EXPECT_EQ(wrong({"10.0.0.1", "80", "--df"}),
            "--size and --df are about ICMP echoes: leave out the port");
  EXPECT_EQ(wrong({"10.0.0.1", "--size", "65508"}), "--size: at most 65507");
  EXPECT_EQ(wrong({"10.0.0.1", "--peer", "x"}), "--peer belongs to --pair");
  EXPECT_NE(wrong({"10.0.0.1", "--pair", "b", "--peer", "x"}).find("--peer"), std::string::npos);
}

}  // namespace
}  // namespace wgt::cli
