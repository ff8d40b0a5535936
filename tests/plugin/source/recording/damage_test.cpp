// SPDX-License-Identifier: GPL-2.0-only
// Every cut and every flipped bit of a small recording: no crash, no record
// that was not written, and never silence about the damage.
#include <gtest/gtest.h>

#include "plugin/source/recording/reader.h"
#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::Contents;
using test::read_all;
using test::TempFile;
using test::write_sample;

// Where each record of the sample ends in the file.
std::vector<std::size_t> record_ends(const std::string& bytes) {
  std::vector<std::size_t> ends;
  for (std::uint64_t i = 0; i < 5; ++i) {
    const wgt_record record = event::to_abi(test::sample_event(i));
    const std::string needle(reinterpret_cast<const char*>(&record), sizeof record);
    ends.push_back(bytes.find(needle) + needle.size());
  }
  return ends;
}

TEST(Damage, ACutAtAnyByteKeepsEveryWholeRecordBeforeIt) {
  TempFile file;
  write_sample(file.path());
  const std::string bytes = file.bytes();
  ASSERT_LT(bytes.size(), 4096U) << "the sample is meant to be small enough to cut everywhere";
  const std::vector<std::size_t> ends = record_ends(bytes);

  for (std::size_t size = 1; size < bytes.size(); ++size) {
    file.set_bytes(bytes.substr(0, size));
    const Contents contents = read_all(file.path());
    const auto whole = static_cast<std::size_t>(
        std::count_if(ends.begin(), ends.end(), [size](std::size_t end) { return end <= size; }));
    ASSERT_FALSE(contents.error) << "cut at " << size << ": " << contents.error->text;
    ASSERT_TRUE(contents.cut) << "cut at " << size;
    ASSERT_EQ(contents.records.size(), whole) << "cut at " << size;
    ASSERT_TRUE(contents.is_prefix_of_sample()) << "cut at " << size;
  }
}

TEST(Damage, AFlippedBitAnywhereIsNoticedAndNoWrongRecordComesOut) {
  TempFile file;
  write_sample(file.path());
  const std::string bytes = file.bytes();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const unsigned bit : {0U, 3U, 7U}) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
      file.set_bytes(flipped);
      const Contents contents = read_all(file.path());
      ASSERT_TRUE(contents.error) << "bit " << bit << " of byte " << at;
      ASSERT_TRUE(contents.is_prefix_of_sample()) << "bit " << bit << " of byte " << at;
    }
  }
}

TEST(Damage, WhatCameBeforeTheDamageIsStillGiven) {
  TempFile file;
  write_sample(file.path());
  std::string bytes = file.bytes();
  const std::size_t in_second_batch = record_ends(bytes)[3] - 10;
  bytes[in_second_batch] = static_cast<char>(bytes[in_second_batch] ^ 1);
  file.set_bytes(bytes);
  const Contents contents = read_all(file.path());
  EXPECT_EQ(contents.records.size(), 3U);
  ASSERT_TRUE(contents.error);
  EXPECT_NE(contents.error->text.find("damaged at byte"), std::string::npos);
}

}  // namespace
}  // namespace wgt::recording
