// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/input.h"

#include <gtest/gtest.h>

#include "tests/plugin/source/recording/raw_recording.h"
#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::TempFile;

struct InputTest : ::testing::Test {
  InputTest() {
    for (int i = 0; i < 300'000; i++) bytes.push_back(static_cast<char>(i / 256 ^ i));
    file.set_bytes(bytes);
  }
  static std::string text(Bytes some) { return {some.begin(), some.end()}; }

  TempFile file;
  std::string bytes;
};

TEST_F(InputTest, PeeksAheadAndGoesOnWhereItIsTold) {
  auto input = Input::open(file.path());
  ASSERT_TRUE(input);
  EXPECT_EQ(text(*input->peek(10)), bytes.substr(0, 10));
  input->consume(4);
  EXPECT_EQ(text(*input->peek(200'000)), bytes.substr(4, 200'000));
  EXPECT_EQ(input->offset(), 4U);
  input->consume(299'000);
  EXPECT_EQ(text(*input->peek(2000)), bytes.substr(input->offset(), 2000));
}

TEST_F(InputTest, SkipsWhatIsThereAndSaysWhenItIsNot) {
  auto input = Input::open(file.path());
  ASSERT_TRUE(input);
  ASSERT_TRUE(input->peek(100));
  EXPECT_TRUE(*input->skip(250'000));
  EXPECT_EQ(text(*input->peek(5)), bytes.substr(250'000, 5));
  EXPECT_FALSE(*input->skip(50'001));
}

TEST_F(InputTest, OfAPipeItReadsWhatItSkips) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueFd reader(ends[0]);
  ASSERT_EQ(::write(ends[1], bytes.data(), 1000), 1000);
  ::close(ends[1]);
  auto input = Input::open("/dev/fd/" + std::to_string(reader.get()));
  ASSERT_TRUE(input);
  EXPECT_TRUE(*input->skip(900));
  EXPECT_EQ(text(*input->peek(200)), bytes.substr(900, 100));
  EXPECT_FALSE(*input->skip(101));
}

}  // namespace
}  // namespace wgt::recording
