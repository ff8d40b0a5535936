// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/say.h"

#include <gtest/gtest.h>

namespace wgt::sink {
namespace {

TEST(Say, IsOneLineOnStandardErrorWithoutControlCharacters) {
  testing::internal::CaptureStderr();
  say("wg-trace: peer \x1b[2J of\nhost");
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(said.find('\x1b'), std::string::npos) << said;
  EXPECT_TRUE(said.starts_with("wg-trace: peer ")) << said;
  EXPECT_TRUE(said.ends_with("host\n")) << said;
}

}  // namespace
}  // namespace wgt::sink
