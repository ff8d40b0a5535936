// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/frames.h"

#include <gtest/gtest.h>

namespace wgt::session {
namespace {

template <class T>
T round_trip(const T& value) {
  return std::get<T>(decode_frame(encode(value)).value());
}

TEST(Frames, ComeBackAsTheyWere) {
  const Ask ask{7, {{0x28, 0, 0, 12}, {0x15, 1, 2, 0xdeadbeef}}};
  EXPECT_EQ(round_trip(ask).sample, 7u);
  EXPECT_EQ(round_trip(ask).filter, ask.filter);
  EXPECT_EQ(round_trip(Hello{{1, 2, 3}}).proof, (PskProof{1, 2, 3}));
  EXPECT_EQ(round_trip(Progress{5, 6}).lost, 6u);
  EXPECT_EQ(round_trip(Ping{1ull << 63}).t1, 1ull << 63);
  EXPECT_EQ(round_trip(Pong{1, 2, 3}).t3, 3u);
  EXPECT_EQ(round_trip(Bye{ByeReason::kNotAPeer}).reason, ByeReason::kNotAPeer);
}

TEST(Frames, ALongHostIsSeveralParts) {
  const std::string text(3 * kMaxFrameBytes, 'x');
  const auto parts = encode_host(text);
  ASSERT_EQ(parts.size(), 4u);
  std::string whole;
  for (std::size_t i = 0; i < parts.size(); i++) {
    ASSERT_LE(parts[i].size(), kMaxFrameBytes);
    const auto part = std::get<HostPart>(decode_frame(parts[i]).value());
    EXPECT_EQ(part.more, i + 1 < parts.size());
    whole += part.text;
  }
  EXPECT_EQ(whole, text);
}

TEST(Frames, CutOrTooLongOnesAreRefused) {
  const ByteVector all[] = {encode(Hello{}),    encode(Ask{1, {{6, 0, 0, 1}}}),
                            encode(Progress{}), encode(Ping{}),
                            encode(Pong{}),     encode(Bye{})};
  for (const ByteVector& frame : all) {
    ASSERT_TRUE(decode_frame(frame));
    for (std::size_t length = 0; length < frame.size(); length++)
      EXPECT_FALSE(decode_frame(Bytes(frame).first(length))) << int{frame[0]} << " " << length;
    ByteVector longer = frame;
    longer.push_back(0);
    EXPECT_FALSE(decode_frame(longer)) << int{frame[0]};
  }
}

TEST(Frames, UnknownOnesAreRefused) {
  for (const ByteVector& type : {ByteVector{0}, {9}, {255}}) EXPECT_FALSE(decode_frame(type));
  EXPECT_FALSE(decode_frame(ByteVector{8, 0}));  // bye without a reason
  EXPECT_FALSE(decode_frame(ByteVector{8, 5}));
  EXPECT_FALSE(decode_frame(ByteVector{3, 2}));    // host: neither more nor the last
  EXPECT_FALSE(decode_frame(encode(Ask{0, {}})));  // none of the packets
}

TEST(Frames, AFilterHasItsLimit) {
  EXPECT_TRUE(decode_frame(encode(Ask{1, std::vector<filter::Instruction>(kMaxInstructions)})));
  EXPECT_FALSE(
      decode_frame(encode(Ask{1, std::vector<filter::Instruction>(kMaxInstructions + 1)})));
}

TEST(Varint, EveryLengthComesBack) {
  for (unsigned bits = 0; bits <= 64; bits++) {
    const std::uint64_t value = bits == 0 ? 0 : UINT64_MAX >> (64 - bits);
    ByteVector bytes;
    ByteWriter writer(bytes);
    writer.varint(value);
    writer.zigzag(static_cast<std::int64_t>(value));
    writer.zigzag(-static_cast<std::int64_t>(value >> 1U));
    ByteReader reader(bytes);
    EXPECT_EQ(reader.varint(), value);
    EXPECT_EQ(reader.zigzag(), static_cast<std::int64_t>(value));
    EXPECT_EQ(reader.zigzag(), -static_cast<std::int64_t>(value >> 1U));
    EXPECT_TRUE(reader.ok() && reader.empty());
  }
}

TEST(Varint, WhatDoesNotFitIsRefused) {
  const ByteVector endless(11, 0x80);
  ByteReader too_long(endless);
  EXPECT_EQ(too_long.varint(), 0u);
  EXPECT_FALSE(too_long.ok());
  const ByteVector bytes{0x80, 0x02};  // 256
  ByteReader too_large(bytes);
  EXPECT_EQ(too_large.varint(255), 0u);
  EXPECT_FALSE(too_large.ok());
}

}  // namespace
}  // namespace wgt::session
