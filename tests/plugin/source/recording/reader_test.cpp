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

  // A whole frame with right checksums.
  static std::string frame(std::uint32_t type, const std::string& payload) {
    std::string out;
    put_u32(type, out);
    put_u32(static_cast<std::uint32_t>(payload.size()), out);
    put_u32(crc32(std::as_bytes(std::span(out))), out);
    out += payload;
    put_u32(crc32(std::as_bytes(std::span(payload))), out);
    return out;
  }
  std::string header() const { return bytes.substr(0, kHeaderBytes); }

  TempFile file;
  std::string bytes;
};

TEST_F(ReaderTest, GivesBackWhatWasWritten) {
  const Contents contents = read_all(file.path());
  EXPECT_FALSE(contents.error);
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

TEST_F(ReaderTest, SaysWhichVersionItReads) {
  std::string other = bytes;
  other[12] = 2;
  EXPECT_EQ(read(other).error->text, file.path() + ": recording format 2, this wg-trace reads 1");
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

TEST_F(ReaderTest, SkipsFramesOfLaterVersions) {
  std::string extended = header() + frame(77, "from the future") + bytes.substr(kHeaderBytes);
  const Contents contents = read(extended);
  EXPECT_FALSE(contents.error);
  EXPECT_EQ(contents.records.size(), 5U);
}

TEST_F(ReaderTest, ALaterHostFrameIsGivenToo) {
  auto host = test::sample_host();
  auto writer = Writer::create(file.path(), host);
  ASSERT_TRUE(writer);
  host.functions[1] = "late";
  ASSERT_TRUE(writer->host(host));
  ASSERT_TRUE(writer->close({}));
  const Contents contents = read_all(file.path());
  ASSERT_EQ(contents.hosts.size(), 2U);
  EXPECT_EQ(contents.hosts[1].functions.at(1), "late");
}

TEST_F(ReaderTest, AHugeLengthIsRefusedBeforeMemoryIsTaken) {
  std::string head;
  put_u32(2, head);
  put_u32(0xffffffe8, head);
  put_u32(crc32(std::as_bytes(std::span(head))), head);
  const Contents contents = read(header() + head);
  ASSERT_TRUE(contents.error);
  EXPECT_EQ(contents.error->text,
            file.path() + ": damaged at byte 20: a frame of 4294967272 bytes");
}

TEST_F(ReaderTest, RecordsMustBeWholeAndBelongToAHost) {
  const wgt_record record = event::to_abi(test::sample_event(0));
  const std::string payload(reinterpret_cast<const char*>(&record), sizeof record);
  EXPECT_TRUE(read(header() + frame(2, payload)).error);
  const std::string host = frame(1, "{}");
  EXPECT_FALSE(read(header() + host + frame(2, payload)).error);
  EXPECT_TRUE(read(header() + host + frame(2, payload + "x")).error);
}

TEST_F(ReaderTest, NothingMayFollowTheEnd) {
  const Contents contents = read(bytes + "x");
  ASSERT_TRUE(contents.error);
  EXPECT_EQ(contents.error->text, file.path() + ": damaged at byte " +
                                      std::to_string(bytes.size()) + ": data after the end");
  EXPECT_EQ(contents.records.size(), 5U);
}

TEST_F(ReaderTest, AMissingFrameIsNoticedAtTheEnd) {
  const std::string host = frame(1, "{}");
  EXPECT_TRUE(read(header() + host + frame(4, R"({"records":1})")).error);
  EXPECT_FALSE(read(header() + host + frame(4, R"({"records":0})")).error);
}

TEST_F(ReaderTest, ARecordOfALaterVersionIsCountedAndLeftOut) {
  wgt_record strange = event::to_abi(test::sample_event(0));
  strange.verdict = 255;
  const wgt_record good = event::to_abi(test::sample_event(0));
  std::string payload(reinterpret_cast<const char*>(&strange), sizeof strange);
  payload.append(reinterpret_cast<const char*>(&good), sizeof good);
  const Contents contents =
      read(header() + frame(1, "{}") + frame(2, payload) + frame(4, R"({"records":2})"));
  EXPECT_FALSE(contents.error);
  EXPECT_EQ(contents.records.size(), 1U);
  EXPECT_EQ(contents.stats.bad_verdict, 1U);
}

}  // namespace
}  // namespace wgt::recording
