// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/reader.h"

#include <gtest/gtest.h>

#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::Contents;
using test::read_all;
using test::TempFile;
using test::write_sample;

struct ReaderTest : ::testing::Test {
  void SetUp() override {
    write_sample(file.path());
    bytes = file.bytes();
  }

  Contents read(const std::string& changed) {
    file.set_bytes(changed);
    return read_all(file.path());
  }

  TempFile file;
  std::string bytes;
};

TEST_F(ReaderTest, GivesBackWhatWasWritten) {
  const Contents contents = read_all(file.path());
  EXPECT_FALSE(contents.error);
  EXPECT_TRUE(contents.damages.empty());
  EXPECT_FALSE(contents.cut);
  ASSERT_EQ(contents.hosts.size(), 1U);
  EXPECT_EQ(contents.hosts[0].hostname, "alpha");
  EXPECT_EQ(contents.records.size(), 5U);
  EXPECT_TRUE(contents.is_prefix_of_sample());
  ASSERT_EQ(contents.lost.size(), 1U);
  EXPECT_EQ(contents.lost[0].mono_ns, 5000U);
  EXPECT_EQ(contents.lost[0].total(), 1U);
  EXPECT_EQ(contents.lost[0].by_cause.at("flight"), 0U);
  ASSERT_TRUE(contents.end);
  EXPECT_EQ(contents.end->watch_ended_mono_ns, 9000U);
  EXPECT_EQ(contents.end->records, 5U);
  EXPECT_EQ(contents.end->filtered, 4U);
  EXPECT_EQ(contents.end->lost, 1U);
}

TEST_F(ReaderTest, RefusesForeignFiles) {
  for (const std::string& foreign : {std::string("x"), std::string("\xd4\xc3\xb2\xa1 pcap"),
                                     std::string(4096, '\0'), "y" + bytes, bytes.substr(1)}) {
    const Contents contents = read(foreign);
    ASSERT_TRUE(contents.error);
    EXPECT_EQ(contents.error->text, file.path() + ": not a wg-trace recording");
  }
}

TEST_F(ReaderTest, AnEmptyFileIsNoneThatWasCut) {
  const Contents contents = read("");
  ASSERT_TRUE(contents.error);
  EXPECT_EQ(contents.error->text, file.path() + ": empty, not a wg-trace recording");
  EXPECT_FALSE(contents.cut);
}

TEST_F(ReaderTest, SaysWhichVersionsItReads) {
  std::string other = bytes;
  other[12] = 3;
  EXPECT_EQ(read(other).error->text,
            file.path() + ": recording format 3, this wg-trace reads 1 and 2");
  EXPECT_EQ(read(other).error->code, Errc::kVersion);
}

TEST_F(ReaderTest, SaysWhichAbiItReads) {
  std::string other = bytes;
  other[14] = 9;
  EXPECT_EQ(read(other).error->text, file.path() +
                                         ": record ABI 9 with 232 bytes a record, this wg-trace "
                                         "reads " +
                                         std::to_string(event::kAbiVersion) + " with 232");
  other = bytes;
  other[16] = 1;
  EXPECT_EQ(read(other).error->code, Errc::kVersion);
}

TEST_F(ReaderTest, RefusesAnotherByteOrder) {
  std::string other = bytes;
  std::reverse(other.begin() + 8, other.begin() + 12);
  EXPECT_EQ(read(other).error->code, Errc::kVersion);
}

TEST_F(ReaderTest, AFolderAndAMissingFileAreErrors) {
  EXPECT_EQ(read_all("/").error->text, "read /: Is a directory");
  EXPECT_EQ(read_all("/nonexistent").error->text, "open /nonexistent: No such file or directory");
}

}  // namespace
}  // namespace wgt::recording
