// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/format.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace wgt::cli {
namespace {

class FormattedOutputTest : public testing::Test {
 protected:
  FormattedOutputTest() : file_(testing::TempDir() + "wgt-output-" + std::to_string(::getpid())) {}
  ~FormattedOutputTest() override { ::unlink(file_.c_str()); }

  std::string written() {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string file_;
  std::ostringstream standard_;
  Arguments arguments_;
};

TEST_F(FormattedOutputTest, IsTheStandardOutput) {
  for (const auto& name : {std::optional<std::string>(), std::optional<std::string>("-")}) {
    arguments_.output = name;
    const auto output = FormattedOutput::open(arguments_, standard_);
    ASSERT_TRUE(output);
    (*output)->sink().summary({.paths = 1, .by_verdict = {}});
    EXPECT_TRUE((*output)->finish());
    EXPECT_TRUE(standard_.str().starts_with("1 path"));
    standard_.str("");
  }
}

TEST_F(FormattedOutputTest, IsAFileForNobodyElse) {
  arguments_.output = file_;
  std::ofstream(file_) << "something longer than what will be written to it, from before\n";
  ::unlink(file_.c_str());
  const auto output = FormattedOutput::open(arguments_, standard_);
  ASSERT_TRUE(output);
  (*output)->sink().summary({.paths = 1, .by_verdict = {}});
  EXPECT_TRUE((*output)->finish());
  EXPECT_TRUE(written().starts_with("1 path"));
  EXPECT_EQ(standard_.str(), "");
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(FormattedOutputTest, SaysWhichFileCannotBeWritten) {
  arguments_.output = "/nonexistent/file";
  const auto none = FormattedOutput::open(arguments_, standard_);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().text.find("/nonexistent/file"), std::string::npos) << none.error().text;

  arguments_.output = "/dev/full";
  const auto full = FormattedOutput::open(arguments_, standard_);
  ASSERT_TRUE(full);
  (*full)->sink().summary({.paths = 1, .by_verdict = {}});
  const auto finished = (*full)->finish();
  ASSERT_FALSE(finished);
  EXPECT_NE(finished.error().text.find("/dev/full"), std::string::npos) << finished.error().text;
}

TEST_F(FormattedOutputTest, GivesATerminalNothingBinary) {
  const UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY));
  if (!terminal || ::grantpt(terminal.get()) != 0 || ::unlockpt(terminal.get()) != 0)
    GTEST_SKIP() << "no terminal can be had here";
  std::array<char, 64> name{};
  ASSERT_EQ(::ptsname_r(terminal.get(), name.data(), name.size()), 0);
  arguments_.output = name.data();
  arguments_.format = "pcapng";
  const auto refused = FormattedOutput::open(arguments_, standard_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kInvalid);
  EXPECT_NE(refused.error().text.find("-o FILE"), std::string::npos) << refused.error().text;
  arguments_.format = "line";
  EXPECT_TRUE(FormattedOutput::open(arguments_, standard_));
}

}  // namespace
}  // namespace wgt::cli
