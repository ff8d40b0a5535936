// SPDX-License-Identifier: GPL-2.0-only
// Every cut and every flipped bit of a small recording: no crash, no record
// that was not written, and never silence about the damage.
#include <gtest/gtest.h>

#include "plugin/source/recording/reader.h"
#include "tests/plugin/source/recording/raw_recording.h"
#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::Contents;
using test::read_all;
using test::TempFile;
using test::write_sample;

// Where each block begins; the last one is the file's end.
std::vector<std::size_t> block_starts(const std::string& bytes) {
  std::vector<std::size_t> starts;
  std::size_t at = kHeaderBytes;
  while (at < bytes.size()) {
    starts.push_back(at);
    const auto head = parse_head(test::bytes_of(bytes).subspan(at));
    EXPECT_TRUE(head);
    if (!head) break;
    at += kHeadBytes + head->index_bytes() + head->head.stored;
  }
  starts.push_back(at);
  return starts;
}

TEST(Damage, ACutAtAnyByteKeepsEveryWholeBlockBeforeIt) {
  TempFile file;
  write_sample(file.path());
  const std::string bytes = file.bytes();
  ASSERT_LT(bytes.size(), 4096U) << "the sample is meant to be small enough to cut everywhere";
  const std::vector<std::size_t> starts = block_starts(bytes);
  ASSERT_EQ(starts.size(), 6U);

  for (std::size_t size = 1; size < bytes.size(); ++size) {
    file.set_bytes(bytes.substr(0, size));
    const Contents contents = read_all(file.path());
    const std::size_t whole = (size >= starts[2] ? 3U : 0U) + (size >= starts[4] ? 2U : 0U);
    ASSERT_FALSE(contents.error) << "cut at " << size << ": " << contents.error->text;
    ASSERT_TRUE(contents.damages.empty()) << "cut at " << size;
    ASSERT_TRUE(contents.cut) << "cut at " << size;
    ASSERT_EQ(contents.bytes, size);
    ASSERT_EQ(contents.records.size(), whole) << "cut at " << size;
    ASSERT_TRUE(contents.is_prefix_of_sample()) << "cut at " << size;
  }
}

TEST(Damage, AFlippedBitAnywhereIsNoticedAndNoWrongRecordComesOut) {
  TempFile file;
  write_sample(file.path());
  const std::string bytes = file.bytes();
  const std::vector<std::size_t> starts = block_starts(bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const unsigned bit : {0U, 3U, 7U}) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
      file.set_bytes(flipped);
      const Contents contents = read_all(file.path());
      ASSERT_TRUE(contents.error || !contents.damages.empty()) << "bit " << bit << " of " << at;
      ASSERT_TRUE(contents.is_part_of_sample()) << "bit " << bit << " of byte " << at;
      if (at < starts[1]) continue;  // of the host nothing can do without
      // Only the block that was hit is missing.
      std::size_t left = 5;
      if (at >= starts[1] && at < starts[2]) left = 2;
      if (at >= starts[3] && at < starts[4]) left = 3;
      ASSERT_EQ(contents.records.size(), left) << "bit " << bit << " of byte " << at;
    }
  }
}

}  // namespace
}  // namespace wgt::recording
