// SPDX-License-Identifier: GPL-2.0-only
// Both readers on recordings of a real kernel that were changed at random, with right checksums,
// too: whatever comes, they end, within their memory, without a crash. The same each time; a seed
// and more rounds by WGT_FUZZ_SEED and WGT_FUZZ_ROUNDS.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "plugin/source/recording/block_head.h"
#include "plugin/source/recording/column_reader.h"
#include "plugin/source/recording/frame_reader.h"
#include "tests/plugin/source/recording/raw_recording.h"
#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::Contents;
using test::read_all;
using test::TempFile;

unsigned long setting(const char* name, unsigned long usual) {
  const char* text = std::getenv(name);
  return text == nullptr ? usual : std::strtoul(text, nullptr, 10);
}

struct Fuzz : ::testing::Test {
  Fuzz() : random(static_cast<std::uint32_t>(setting("WGT_FUZZ_SEED", 1))) {
    const Contents old = read_all(WGT_TEST_DATA "/format-1.wgt");
    auto writer = Writer::create(file.path(), old.hosts.back());
    EXPECT_TRUE(writer);
    for (int round = 0; round < 3; round++) {
      for (const event::Event& event : old.records)
        EXPECT_TRUE(writer->add(wgt::test::RecordBytes(event)));
      EXPECT_TRUE(writer->lost({1U << 30U, {{"ring", 1}}}));
    }
    EXPECT_TRUE(writer->close({}));
    format_2 = file.bytes();
    ColumnWriter columns;
    for (const event::Event& event : old.records) columns.add(wgt::test::RecordBytes(event));
    columns.finish(head, body);
  }

  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random() % limit; }

  // One to eight changes: a bit, a byte, a number that is large, a part left out, twice, moved.
  template <class Bytes>
  Bytes changed(Bytes bytes) {
    for (std::size_t left = 1 + below(8); left > 0 && !bytes.empty(); left--) {
      const std::size_t at = below(bytes.size());
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      const auto length = static_cast<std::ptrdiff_t>(
          below(std::min<std::size_t>(bytes.size() - at, std::size_t{1} << below(10))));
      using Byte = typename Bytes::value_type;
      switch (below(6)) {
        case 0:
          *begin = static_cast<Byte>(*begin ^ (1 << below(8)));
          break;
        case 1:
          *begin = static_cast<Byte>(random());
          break;
        case 2:
          std::fill_n(begin, std::min<std::ptrdiff_t>(length, 8), static_cast<Byte>(0xff));
          break;
        case 3:
          bytes.erase(begin, begin + length);
          break;
        case 4: {
          const Bytes part(begin, begin + length);
          const auto to = bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size()));
          bytes.insert(to, part.begin(), part.end());
          break;
        }
        default:
          bytes.resize(at);
      }
    }
    return bytes;
  }

  const unsigned long rounds = setting("WGT_FUZZ_ROUNDS", 1000);
  std::mt19937 random;
  TempFile file;
  std::string format_2;
  BlockHead head;  // of a records block, and its body
  ByteVector body;
};

TEST_F(Fuzz, WholeFilesOfBothFormats) {
  std::ifstream in(WGT_TEST_DATA "/format-1.wgt", std::ios::binary);
  const std::string format_1{std::istreambuf_iterator<char>(in), {}};
  for (unsigned long round = 0; round < rounds; round++) {
    const std::string bytes = changed(round % 2 == 0 ? format_1 : format_2);
    file.set_bytes(bytes);
    const Contents contents = read_all(file.path());
    ASSERT_LE(contents.records.size(), 1000U) << "round " << round;
    ASSERT_LE(contents.bytes, bytes.size()) << "round " << round;
  }
}

// Behind the checksums: what only somebody who means it can write.
TEST_F(Fuzz, BodiesOfRecordsBlocks) {
  for (unsigned long round = 0; round < rounds * 100; round++) {
    const ByteVector bytes = changed(body);
    const auto count = static_cast<std::uint32_t>(below(8) == 0 ? below(kMaxRecords) : head.count);
    std::vector<event::Event> events;
    event::DecodeStats stats;
    const auto decoded = decode_columns(bytes, count, events, stats);
    ASSERT_EQ(decoded ? stats.good + stats.bad() : 0, decoded ? count : 0) << "round " << round;
    ASSERT_LE(events.size(), decoded ? count : 0) << "round " << round;
  }
}

TEST_F(Fuzz, HeadsWithRightChecksums) {
  const std::string host = test::block(1, 0, "{}");
  for (unsigned long round = 0; round < rounds; round++) {
    BlockHead other = head;
    other.type = static_cast<std::uint8_t>(below(3) == 0 ? random() : 2);
    other.coding = static_cast<std::uint8_t>(below(3));
    other.number = static_cast<std::uint32_t>(below(4) == 0 ? random() : 1);
    for (std::uint32_t* field : {&other.stored, &other.plain, &other.count})
      if (below(4) == 0) *field = static_cast<std::uint32_t>(random() >> below(32));
    file.set_bytes(test::header(2) + host + test::block(other, test::text_of(changed(body))) +
                   test::block(4, 2, R"({"records":14})"));
    const Contents contents = read_all(file.path());
    ASSERT_FALSE(contents.error) << "round " << round;
    ASSERT_LE(contents.records.size(), kMaxRecords) << "round " << round;
  }
}

}  // namespace
}  // namespace wgt::recording
