// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/block_reader.h"

#include <gtest/gtest.h>

#include "plugin/source/recording/payload.h"
#include "tests/plugin/source/recording/raw_recording.h"
#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::block;
using test::Contents;
using test::read_all;
using test::sample_event;
using test::sample_host;
using test::TempFile;

struct BlockReaderTest : ::testing::Test {
  Contents read(const std::string& bytes) {
    file.set_bytes(bytes);
    return read_all(file.path());
  }
  // The body of a records block.
  static std::string body(std::uint64_t first, std::uint64_t count) {
    ColumnWriter columns;
    for (std::uint64_t i = first; i < first + count; i++)
      columns.add(test::RecordBytes(sample_event(i)));
    BlockHead head;
    ByteVector out;
    columns.finish(head, out);
    return test::text_of(out);
  }
  static BlockHead records_head(std::uint32_t number, std::uint32_t count) {
    BlockHead head;
    head.type = 2;
    head.number = number;
    head.count = count;
    return head;
  }

  TempFile file;
  const std::string header = test::header(2);
  const std::string host = block(1, 0, host_to_json(sample_host()));
};

TEST_F(BlockReaderTest, BlocksOfLaterVersionsAreLeftOutAndNamed) {
  const Contents contents =
      read(header + host + block(77, 1, "from the future") + block(4, 2, R"({"records":0})"));
  EXPECT_FALSE(contents.error);
  EXPECT_TRUE(contents.damages.empty());
  EXPECT_TRUE(contents.end);
  EXPECT_EQ(contents.unknown_types, (std::set<unsigned>{77}));
}

TEST_F(BlockReaderTest, ALaterHostIsGivenToo) {
  event::HostInfo later = sample_host();
  later.functions[1] = "late";
  const Contents contents = read(header + host + block(1, 1, host_to_json(later)));
  ASSERT_EQ(contents.hosts.size(), 2U);
  EXPECT_EQ(contents.hosts[1].functions.at(1), "late");
}

TEST_F(BlockReaderTest, RecordsBeforeAnyHostAreDamage) {
  const Contents contents = read(header + block(records_head(0, 2), body(0, 2)));
  EXPECT_TRUE(contents.records.empty());
  ASSERT_EQ(contents.damages.size(), 1U);
  EXPECT_EQ(contents.damages[0].what, "records before the host they are of");
  EXPECT_EQ(contents.damages[0].records, 2U);
}

TEST_F(BlockReaderTest, WhatFollowsTheEndIsDamage) {
  const Contents contents = read(header + host + block(4, 1, R"({"records":0})") + "x");
  EXPECT_TRUE(contents.end);
  ASSERT_EQ(contents.damages.size(), 1U);
  EXPECT_EQ(contents.damages[0].what, "data after the end");
}

TEST_F(BlockReaderTest, AMissingBlockIsNoticed) {
  const std::string end = block(4, 2, R"({"records":2})");
  const Contents contents = read(header + host + end);
  ASSERT_EQ(contents.damages.size(), 1U);
  EXPECT_EQ(contents.damages[0].what, "blocks are missing");
  EXPECT_TRUE(contents.end);
  EXPECT_EQ(read(header + host + block(4, 1, R"({"records":1})")).damages[0].what,
            "the end counts 1 records, there are 0");
}

TEST_F(BlockReaderTest, BehindADamagedBlockReadingGoesOn) {
  const std::string second = block(records_head(2, 2), body(3, 2));
  std::string first = block(records_head(1, 3), body(0, 3));
  first.back() = static_cast<char>(first.back() ^ 1);
  const Contents contents = read(header + host + first + second + block(4, 3, R"({"records":5})"));
  ASSERT_EQ(contents.damages.size(), 1U);
  EXPECT_EQ(contents.damages[0].what, "wrong checksum of a block");
  EXPECT_EQ(contents.damages[0].offset, header.size() + host.size());
  EXPECT_EQ(contents.damages[0].records, 3U);
  ASSERT_EQ(contents.records.size(), 2U);
  EXPECT_EQ(contents.records[0], sample_event(3));
  EXPECT_TRUE(contents.end);
}

TEST_F(BlockReaderTest, BytesThatAreMissingOrTooManyCostNoBlockBehindThem) {
  const std::string first = block(records_head(1, 3), body(0, 3));
  const std::string rest = block(records_head(2, 2), body(3, 2)) + block(4, 3, R"({"records":5})");
  for (const std::string& broken : {first.substr(0, first.size() - 5), first.substr(5),
                                    first.substr(0, 100) + "more" + first.substr(100),
                                    std::string(), first + "between", std::string(70000, '\xb2')}) {
    const Contents contents = read(header + host + broken + rest);
    EXPECT_EQ(contents.damages.size(), 1U) << broken.size();
    ASSERT_GE(contents.records.size(), 2U) << broken.size();
    EXPECT_EQ(contents.records.back(), sample_event(4));
    EXPECT_TRUE(contents.end);
  }
}

TEST_F(BlockReaderTest, SizesThatNoWriterGivesAreRefusedBeforeMemoryIsTaken) {
  for (int field = 0; field < 3; field++) {
    BlockHead head = records_head(1, 1);
    if (field == 0) head.stored = 0xfffffff0;
    if (field == 1) head.plain = kMaxBodyBytes + 1;
    if (field == 2) head.count = kMaxRecords + 1;
    const Contents contents = read(header + host + block(head, body(0, 1)));
    ASSERT_EQ(contents.damages.size(), 1U);
    EXPECT_TRUE(contents.records.empty());
  }
}

// A megabyte of nothing in a few bytes, by a head that says less or more.
TEST_F(BlockReaderTest, ABodyIsNotDecompressedBeyondWhatItsHeadSays) {
  ByteVector frame;
  Compressor compressor;
  ASSERT_TRUE(compressor.compress(ByteVector(1U << 20U), frame));
  for (const std::uint32_t plain : {100U, 4U << 20U}) {
    BlockHead head = records_head(1, 1);
    head.coding = 1;
    head.plain = plain;
    const Contents contents = read(header + host + block(head, test::text_of(frame)));
    ASSERT_EQ(contents.damages.size(), 1U);
    EXPECT_EQ(contents.damages[0].what, "a block that does not decompress");
  }
}

TEST_F(BlockReaderTest, AWrongTypeInTextIsDamage) {
  const Contents contents = read(header + host + block(3, 1, R"({"mono_ns":"x"})"));
  ASSERT_EQ(contents.damages.size(), 1U);
  EXPECT_EQ(contents.damages[0].what, "field \"mono_ns\" has a wrong value");
}

TEST_F(BlockReaderTest, ARecordOfALaterVersionIsCountedAndLeftOut) {
  wgt_record strange = event::to_abi(sample_event(0));
  strange.verdict = 255;
  ColumnWriter columns;
  columns.add(std::as_bytes(std::span(&strange, 1)));
  columns.add(test::RecordBytes(sample_event(0)));
  BlockHead head = records_head(1, 2);
  ByteVector out;
  columns.finish(head, out);
  const Contents contents =
      read(header + host + block(head, test::text_of(out)) + block(4, 2, R"({"records":2})"));
  EXPECT_TRUE(contents.damages.empty());
  EXPECT_EQ(contents.records.size(), 1U);
  EXPECT_EQ(contents.stats.bad_verdict, 1U);
}

}  // namespace
}  // namespace wgt::recording
