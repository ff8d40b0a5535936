// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/frame_reader.h"

#include <gtest/gtest.h>

#include "plugin/source/recording/payload.h"
#include "tests/plugin/source/recording/raw_recording.h"
#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::Contents;
using test::frame;
using test::read_all;
using test::TempFile;

// `count` records of the sample from `first` on, as the kernel side writes them.
std::string records(std::uint64_t first, std::uint64_t count) {
  std::string out;
  for (std::uint64_t i = first; i < first + count; i++) {
    const wgt_record record = event::to_abi(test::sample_event(i));
    out.append(reinterpret_cast<const char*>(&record), sizeof record);
  }
  return out;
}

// What earlier versions wrote: as test::write_sample().
std::string sample() {
  return test::header(1) + frame(1, host_to_json(test::sample_host())) + frame(2, records(0, 3)) +
         frame(3, lost_to_json({5000, {{"ring", 1}, {"flight", 0}}})) + frame(2, records(3, 2)) +
         frame(4, end_to_json({9000, 5, 4, 1}));
}

struct FrameReaderTest : ::testing::Test {
  Contents read(const std::string& changed) {
    file.set_bytes(changed);
    return read_all(file.path());
  }

  TempFile file;
  const std::string bytes = sample();
  const std::string header = test::header(1);
};

TEST_F(FrameReaderTest, GivesBackWhatWasWritten) {
  const Contents contents = read(bytes);
  EXPECT_FALSE(contents.error);
  EXPECT_FALSE(contents.cut);
  ASSERT_EQ(contents.hosts.size(), 1U);
  EXPECT_EQ(contents.hosts[0].hostname, "alpha");
  EXPECT_EQ(contents.records.size(), 5U);
  EXPECT_TRUE(contents.is_prefix_of_sample());
  ASSERT_EQ(contents.lost.size(), 1U);
  EXPECT_EQ(contents.lost[0].total(), 1U);
  ASSERT_TRUE(contents.end);
  EXPECT_EQ(contents.end->filtered, 4U);
}

// Where each record of the sample ends in the file.
std::vector<std::size_t> record_ends(const std::string& bytes) {
  std::vector<std::size_t> ends;
  for (std::uint64_t i = 0; i < 5; ++i)
    ends.push_back(bytes.find(records(i, 1)) + event::kRecordBytes);
  return ends;
}

TEST_F(FrameReaderTest, ACutAtAnyByteKeepsEveryWholeRecordBeforeIt) {
  const std::vector<std::size_t> ends = record_ends(bytes);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const Contents contents = read(bytes.substr(0, size));
    const auto whole = static_cast<std::size_t>(
        std::count_if(ends.begin(), ends.end(), [size](std::size_t end) { return end <= size; }));
    ASSERT_FALSE(contents.error) << "cut at " << size << ": " << contents.error->text;
    ASSERT_TRUE(contents.cut) << "cut at " << size;
    ASSERT_EQ(contents.records.size(), whole) << "cut at " << size;
    ASSERT_TRUE(contents.is_prefix_of_sample()) << "cut at " << size;
  }
}

TEST_F(FrameReaderTest, AFlippedBitAnywhereIsNoticedAndNoWrongRecordComesOut) {
  // In the header's number of the format it may make another format of it.
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const unsigned bit : {0U, 7U}) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
      const Contents contents = read(flipped);
      ASSERT_TRUE(contents.error || !contents.damages.empty()) << "bit " << bit << " of " << at;
      ASSERT_TRUE(contents.is_prefix_of_sample()) << "bit " << bit << " of byte " << at;
    }
  }
}

TEST_F(FrameReaderTest, SkipsFramesOfLaterVersions) {
  std::string extended = header + frame(77, "from the future") + bytes.substr(kHeaderBytes);
  const Contents contents = read(extended);
  EXPECT_FALSE(contents.error);
  EXPECT_EQ(contents.records.size(), 5U);
}

TEST_F(FrameReaderTest, AHugeLengthIsRefusedBeforeMemoryIsTaken) {
  ByteVector head;
  ByteWriter writer(head);
  writer.number(std::uint32_t{2});
  writer.number(std::uint32_t{0xffffffe8});
  writer.number(crc32(std::as_bytes(Bytes(head))));
  const Contents contents = read(header + test::text_of(head));
  ASSERT_TRUE(contents.error);
  EXPECT_EQ(contents.error->text,
            file.path() + ": damaged at byte 20: a frame of 4294967272 bytes");
}

TEST_F(FrameReaderTest, RecordsMustBeWholeAndBelongToAHost) {
  const std::string payload = records(0, 1);
  EXPECT_TRUE(read(header + frame(2, payload)).error);
  const std::string host = frame(1, "{}");
  EXPECT_FALSE(read(header + host + frame(2, payload)).error);
  EXPECT_TRUE(read(header + host + frame(2, payload + "x")).error);
}

TEST_F(FrameReaderTest, NothingMayFollowTheEnd) {
  const Contents contents = read(bytes + "x");
  ASSERT_TRUE(contents.error);
  EXPECT_EQ(contents.error->text, file.path() + ": damaged at byte " +
                                      std::to_string(bytes.size()) + ": data after the end");
  EXPECT_EQ(contents.records.size(), 5U);
}

TEST_F(FrameReaderTest, AMissingFrameIsNoticedAtTheEnd) {
  const std::string host = frame(1, "{}");
  EXPECT_TRUE(read(header + host + frame(4, R"({"records":1})")).error);
  EXPECT_FALSE(read(header + host + frame(4, R"({"records":0})")).error);
}

TEST_F(FrameReaderTest, ARecordOfALaterVersionIsCountedAndLeftOut) {
  wgt_record strange = event::to_abi(test::sample_event(0));
  strange.verdict = 255;
  const wgt_record good = event::to_abi(test::sample_event(0));
  std::string payload(reinterpret_cast<const char*>(&strange), sizeof strange);
  payload.append(reinterpret_cast<const char*>(&good), sizeof good);
  const Contents contents =
      read(header + frame(1, "{}") + frame(2, payload) + frame(4, R"({"records":2})"));
  EXPECT_FALSE(contents.error);
  EXPECT_EQ(contents.records.size(), 1U);
  EXPECT_EQ(contents.stats.bad_verdict, 1U);
}

// Six pings and their answers as wg-trace 0.1.0 of 2026 recorded them on Linux 6.12. Written
// again they are the same, and a tenth of the size.
TEST_F(FrameReaderTest, ARecordingOfARealKernelIsTheSameInFormat2) {
  const Contents old = read_all(WGT_TEST_DATA "/format-1.wgt");
  ASSERT_FALSE(old.error) << old.error->text;
  EXPECT_FALSE(old.cut);
  ASSERT_EQ(old.hosts.back().kernel.substr(0, 4), "6.12");
  ASSERT_EQ(old.records.size(), 14U);  // a handshake, too

  auto writer = Writer::create(file.path(), old.hosts.back());
  ASSERT_TRUE(writer);
  for (const event::Event& event : old.records)
    ASSERT_TRUE(writer->add(wgt::test::RecordBytes(event)));
  ASSERT_TRUE(writer->close({}));
  EXPECT_EQ(read_all(file.path()).records, old.records);
}

}  // namespace
}  // namespace wgt::recording
