// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/decoder.h"

#include <gtest/gtest.h>

#include <array>

#include "bpf/abi/handshake.h"
#include "tests/support/record_builder.h"

namespace wgt::event {
namespace {

using test::rx;
using test::tx;

std::span<const std::byte> bytes_of(const wgt_record& record) {
  return std::as_bytes(std::span(&record, 1));
}

struct DecoderTest : ::testing::Test {
  Error error_of(const wgt_record& record) {
    const auto result = decode(bytes_of(record), stats);
    EXPECT_FALSE(result);
    return result ? make_error(Errc::kInvalid, "decoded") : result.error();
  }
  DecodeStats stats;
};

TEST_F(DecoderTest, GivesBackEveryByteOfAGoodRecord) {
  const wgt_record in = tx().counter(5)
                            .peer(test::test_key(3))
                            .inner_tcp("10.0.0.1", 4000, "10.0.0.2", 443)
                            .gso(2, 3);
  const auto out = decode(bytes_of(in), stats);
  ASSERT_TRUE(out);
  EXPECT_EQ(std::memcmp(&in, &*out, sizeof in), 0);
  EXPECT_EQ(stats.good, 1U);
  EXPECT_EQ(stats.bad(), 0U);
}

TEST_F(DecoderTest, ReadsFromAnyAlignment) {
  const wgt_record in = rx().counter(9);
  std::array<std::byte, sizeof(wgt_record) + 1> shifted{};
  std::memcpy(shifted.data() + 1, &in, sizeof in);
  const auto out = decode(std::span(shifted).subspan(1), stats);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->counter, 9U);
}

TEST_F(DecoderTest, RefusesAnyOtherSize) {
  const std::array<std::byte, sizeof(wgt_record) + 1> bytes{};
  EXPECT_FALSE(decode({}, stats));
  EXPECT_FALSE(decode(std::span(bytes).first(sizeof(wgt_record) - 1), stats));
  EXPECT_FALSE(decode(bytes, stats));
  EXPECT_EQ(stats.bad_size, 3U);
}

TEST_F(DecoderTest, SaysWhichAbiItReads) {
  wgt_record record = tx();
  record.abi = WGT_ABI_VERSION + 1;
  const Error error = error_of(record);
  EXPECT_EQ(error.code, Errc::kVersion);
  EXPECT_EQ(error.text, "record ABI " + std::to_string(WGT_ABI_VERSION + 1) +
                            ", this wg-trace reads " + std::to_string(WGT_ABI_VERSION));
  EXPECT_EQ(stats.bad_abi, 1U);
}

TEST_F(DecoderTest, RefusesKindsItDoesNotKnow) {
  for (const int kind : {0, 5, 255}) {
    wgt_record record = tx();
    record.kind = static_cast<std::uint8_t>(kind);
    EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  }
  EXPECT_EQ(stats.bad_kind, 3U);
}

TEST_F(DecoderTest, RefusesVerdictsItDoesNotKnow) {
  wgt_record record = tx();
  record.verdict = event::kVerdicts;
  EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  EXPECT_EQ(stats.bad_verdict, 1U);
  record.verdict = event::kVerdicts - 1;
  EXPECT_TRUE(decode(bytes_of(record), stats));
}

TEST_F(DecoderTest, TakesStepsOfHandshakesByTheirOwnNumbers) {
  wgt_record record = tx();
  record.kind = WGT_HANDSHAKE;
  record.verdict = WGT_HS_COUNT;
  EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  EXPECT_EQ(stats.bad_verdict, 1U);
  record.verdict = WGT_HS_COUNT - 1;
  EXPECT_TRUE(decode(bytes_of(record), stats));
}

TEST_F(DecoderTest, RefusesTuplesOfNoIpVersion) {
  wgt_record record = tx();
  record.inner.version = 5;
  EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  record.inner.version = 6;
  record.outer.version = 1;
  EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  EXPECT_EQ(stats.bad_tuple, 2U);
}

TEST_F(DecoderTest, RefusesASegmentOutsideItsSuperPacket) {
  error_of(tx().gso(3, 3));
  error_of(tx().gso(0, 0));
  EXPECT_EQ(stats.bad_gso, 2U);
  wgt_record unflagged = tx().gso(3, 3);
  unflagged.flags = 0;
  EXPECT_TRUE(decode(bytes_of(unflagged), stats));
}

TEST_F(DecoderTest, RefusesTimesThatNoUptimeReaches) {
  error_of(tx().hops({1, ~std::uint64_t{0}}));
  EXPECT_EQ(stats.bad_time, 1U);
}

}  // namespace
}  // namespace wgt::event
