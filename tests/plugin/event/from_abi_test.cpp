// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/from_abi.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>

#include "bpf/abi/handshake.h"
#include "plugin/event/to_abi.h"
#include "tests/support/event_builder.h"

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

wgt_record good() {
  return to_abi(tx().counter(9).inner_tcp("10.0.0.1", 1, "10.0.0.2", 2).build());
}

// Of every kind one with all that it can have: what is made again is byte for byte what was read.
TEST_F(DecoderTest, WhatWasReadCanBeMadeAgain) {
  auto sent = tx().device(4, 3)
                  .counter(5)
                  .peer(test::test_key(3))
                  .gso(2, 3)
                  .verdict(VerdictId::TX_NO_ROUTE);
  sent.inner_tcp("10.0.0.1", 4000, "10.0.0.2", 443).outer_udp("fd00::1", 1, "fd00::2", 2);
  sent->inner.seq = 0xdeadbeef;
  sent->inner.id = 77;
  sent->error = -113;
  sent->cause = 2;
  auto carrier = tx().inner_udp("10.0.0.1", 51820, "10.0.0.2", 51821);
  carrier->inner.is_message = true;
  carrier->inner.seq = 9;
  auto received = rx().without_key().inferred().too_old().inner_ping("fd00::1", "fd00::2", 7, 3);
  auto dropped = test::drop(VerdictId::INNER_IN).port_match().inferred().reason(70, 0xffff1000);
  dropped->stack = 4;
  dropped.inner_ping("10.0.0.1", "10.0.0.2", 7, 3);
  auto rejected = test::rejection().peer(test::test_key(3));
  rejected->error = test::tuple_of(1, "192.0.2.254", 0, "192.0.2.1", 0);
  rejected->error.icmp_type = 3;
  rejected->error.icmp_code = 4;
  rejected->what = {.version = 4, .type = 3, .code = 4, .dropped_locally = true};
  rejected->mtu = 1280;
  auto step = test::step(Hs::DROPPED_IN).device(4, 3);
  step->initiated_ns = 5;
  step->sender_index = 6;
  step->receiver_index = 7;
  step->reason = 8;
  step->outer = test::tuple_of(17, "192.0.2.1", 1, "192.0.2.2", 2);
  auto attempt = test::step(Hs::NOT_LEAVING).peer(test::test_key(4));
  attempt->attempts = 3;
  attempt->error = -101;
  const Event events[] = {sent, carrier, received, dropped, rejected, test::first_fragment(),
                          step, attempt};
  for (const Event& event : events) {
    const wgt_record record = to_abi(event);
    const auto again = decode(bytes_of(record), stats);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_TRUE(*again == event) << event.index();
    const wgt_record made = to_abi(*again);
    EXPECT_EQ(std::memcmp(&made, &record, sizeof record), 0) << event.index();
  }
  EXPECT_EQ(stats.good, std::size(events));
}

// Whatever it is, the second time changes nothing.
TEST_F(DecoderTest, AnyBytesAreAnEventThatStaysTheSameOrAnError) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; round++) {
    wgt_record record = good();
    auto* bytes = reinterpret_cast<std::uint8_t*>(&record);
    for (int change = 0; change < 8; change++)
      bytes[2 + random() % (sizeof record - 2)] = static_cast<std::uint8_t>(random());
    for (auto& ns : record.hop_ns) ns &= kMaxMonoNs - 1;
    record.kind = static_cast<std::uint8_t>(WGT_TX + random() % 4);
    const auto event = decode(record, stats);
    if (!event) continue;
    const auto again = decode(to_abi(*event), stats);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_TRUE(*again == *event);
  }
  EXPECT_GT(stats.good, 10000U);
}

TEST_F(DecoderTest, ReadsFromAnyAlignment) {
  const wgt_record in = good();
  std::array<std::byte, sizeof(wgt_record) + 1> shifted{};
  std::memcpy(shifted.data() + 1, &in, sizeof in);
  const auto out = decode(std::span(shifted).subspan(1), stats);
  ASSERT_TRUE(out);
  EXPECT_EQ(key_of(*out)->counter, 9U);
}

TEST_F(DecoderTest, AddressesAreInHostOrder) {
  const wgt_tuple raw = to_abi(test::tuple_of(6, "10.0.0.1", 43922, "10.0.0.2", 443));
  EXPECT_EQ(raw.dst_port, htons(443));
  EXPECT_EQ(raw.src[0], 10);
  EXPECT_EQ(from_abi(raw).dst_port, 443);
  EXPECT_FALSE(from_abi(wgt_tuple{}).is_known());
}

TEST_F(DecoderTest, IcmpIsFoldedIntoThePorts) {
  wgt_tuple raw = to_abi(tx().inner_ping("fd00::1", "fd00::2", 4711, 3).build().inner);
  EXPECT_EQ(raw.dst_port, htons(4711));
  EXPECT_EQ(raw.id, 3);
  EXPECT_EQ(from_abi(raw).icmp_id, 4711);
  EXPECT_EQ(from_abi(raw).icmp_seq, 3);
  EXPECT_EQ(from_abi(raw).src_port, 0);
  const std::uint8_t too_big[2] = {2, 1};
  std::memcpy(&raw.src_port, too_big, sizeof too_big);
  EXPECT_EQ(from_abi(raw).icmp_type, 2);
  EXPECT_EQ(from_abi(raw).icmp_code, 1);
  EXPECT_EQ(from_abi(raw).icmp_id, 0) << "of echoes only";
  EXPECT_EQ(from_abi(raw).icmp_seq, 0);
}

TEST_F(DecoderTest, RefusesAnyOtherSize) {
  const std::array<std::byte, sizeof(wgt_record) + 1> bytes{};
  EXPECT_FALSE(decode(std::span<const std::byte>(), stats));
  EXPECT_FALSE(decode(std::span(bytes).first(sizeof(wgt_record) - 1), stats));
  EXPECT_FALSE(decode(bytes, stats));
  EXPECT_EQ(stats.bad_size, 3U);
}

TEST_F(DecoderTest, SaysWhichAbiItReads) {
  wgt_record record = good();
  record.abi = WGT_ABI_VERSION + 1;
  const Error error = error_of(record);
  EXPECT_EQ(error.code, Errc::kVersion);
  EXPECT_EQ(error.text, "record ABI " + std::to_string(WGT_ABI_VERSION + 1) +
                            ", this wg-trace reads " + std::to_string(WGT_ABI_VERSION));
  EXPECT_EQ(stats.bad_abi, 1U);
}

TEST_F(DecoderTest, RefusesKindsItDoesNotKnow) {
  for (const int kind : {0, 5, 255}) {
    wgt_record record = good();
    record.kind = static_cast<std::uint8_t>(kind);
    EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  }
  EXPECT_EQ(stats.bad_kind, 3U);
}

TEST_F(DecoderTest, RefusesVerdictsItDoesNotKnow) {
  wgt_record record = good();
  record.verdict = event::kVerdicts;
  EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  EXPECT_EQ(stats.bad_verdict, 1U);
  record.verdict = event::kVerdicts - 1;
  EXPECT_TRUE(decode(bytes_of(record), stats));
}

TEST_F(DecoderTest, TakesStepsOfHandshakesByTheirOwnNumbers) {
  wgt_record record = good();
  record.kind = WGT_HANDSHAKE;
  record.verdict = WGT_HS_COUNT;
  EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  EXPECT_EQ(stats.bad_verdict, 1U);
  record.verdict = WGT_HS_COUNT - 1;
  EXPECT_TRUE(decode(bytes_of(record), stats));
}

TEST_F(DecoderTest, RefusesTuplesOfNoIpVersion) {
  wgt_record record = good();
  record.inner.version = 5;
  EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  record.inner.version = 6;
  record.outer.version = 1;
  EXPECT_EQ(error_of(record).code, Errc::kCorrupt);
  EXPECT_EQ(stats.bad_tuple, 2U);
}

TEST_F(DecoderTest, RefusesASegmentOutsideItsSuperPacket) {
  wgt_record record = to_abi(tx().gso(3, 3).build());
  error_of(record);
  record.gso_segment = record.gso_segments = 0;
  error_of(record);
  EXPECT_EQ(stats.bad_gso, 2U);
  wgt_record unflagged = to_abi(tx().gso(3, 3).build());
  unflagged.flags = 0;
  EXPECT_TRUE(decode(bytes_of(unflagged), stats));
}

TEST_F(DecoderTest, RefusesTimesThatNoUptimeReaches) {
  error_of(to_abi(tx().hops({1, ~std::uint64_t{0}}).build()));
  EXPECT_EQ(stats.bad_time, 1U);
}

}  // namespace
}  // namespace wgt::event
