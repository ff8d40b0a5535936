// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/record_codec.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "bpf/abi/record.h"
#include "plugin/event/to_abi.h"
#include "tests/support/event_builder.h"

namespace wgt::session {
namespace {

using test::test_key;

const RecordSource kSource{{4, 3}, test_key(0xaa)};

// As the kernel writes one of this tunnel.
wgt_record typical(std::uint64_t counter, std::uint64_t ns) {
  wgt_record record{};
  record.abi = WGT_ABI_VERSION;
  record.kind = WGT_RX;
  record.verdict = WGT_V_DELIVERED;
  record.flags = WGT_F_KEY | WGT_F_PEER;
  record.receiver_index = 0x12345678;
  record.counter = counter;
  record.device = event::to_abi(kSource.device);
  for (unsigned i = WGT_HOP_WG_RECEIVE; i < WGT_HOPS; i++) record.hop_ns[i] = ns + i * 4000;
  const std::uint8_t address[4] = {10, 0, 0, 1};
  for (wgt_tuple* tuple : {&record.inner, &record.outer}) {
    std::memcpy(tuple->src, address, 4);
    std::memcpy(tuple->dst, address, 4);
    tuple->version = 4;
    tuple->src_port = 0x1234;
    tuple->dst_port = 0x5678;
    tuple->id = 40000;
    tuple->len = 1500;
    tuple->ttl = 64;
  }
  record.inner.proto = 6;
  record.inner.seq = 0xfedcba98;
  record.inner.tcp_flags = 0x18;
  record.outer.proto = 17;
  std::memcpy(record.peer, kSource.peer.bytes.data(), 32);
  return record;
}

event::Event event_of(const wgt_record& record) {
  event::DecodeStats stats;
  return event::decode(record, stats).value();
}

bool equal(const event::Event& a, const wgt_record& b) {
  const wgt_record bytes = event::to_abi(a);
  return std::memcmp(&bytes, &b, sizeof b) == 0;
}

TEST(RecordCodec, RecordsComeBackAsTheyWere) {
  std::vector<wgt_record> all{typical(0, 1), typical(1ull << 60, 1ull << 59), typical(7, 5),
                              typical(9, 9)};
  all[1].inner.version = 6;
  all[1].inner.src[15] = 9;
  all[1].kind = WGT_TX;
  all[1].hop_ns[4] = all[1].hop_ns[5] = 0;
  all[1].flags |= WGT_F_GSO;
  all[1].gso_segment = 3;
  all[1].gso_segments = 44;
  all[2].kind = WGT_DROP;
  all[2].verdict = WGT_V_OUTER_IN;
  all[2].flags = WGT_F_KEY;
  all[2].device.ifindex = 0;
  all[2].inner = {};
  std::memset(all[2].peer, 0, 32);
  std::memset(all[2].hop_ns, 0, sizeof all[2].hop_ns);
  all[2].hop_ns[0] = 77;
  all[2].drop_reason = UINT32_MAX;
  all[2].error = -113;
  all[2].drop_location = 5;
  all[3].kind = WGT_TX;
  all[3].verdict = WGT_V_TX_WAITING;
  all[3].hop_ns[4] = all[3].hop_ns[5] = 0;
  all[3].drop_location = 1234;
  ByteVector batch;
  RecordEncoder encoder;
  for (const wgt_record& record : all) encoder.add(event_of(record), record.drop_location, batch);
  event::DecodeStats stats;
  const auto back = decode_batch(batch, kSource, stats);
  ASSERT_TRUE(back) << back.error().text;
  ASSERT_EQ(back->size(), all.size());
  for (std::size_t i = 0; i < all.size(); i++) EXPECT_TRUE(equal((*back)[i], all[i])) << i;
}

TEST(RecordCodec, ATcpPacketTakesAThirdOfItsSize) {
  ByteVector batch;
  RecordEncoder encoder;
  constexpr std::uint64_t kRecords = 1000;
  for (std::uint64_t i = 0; i < kRecords; i++)
    encoder.add(event_of(typical(i, 3'600'000'000'000 + i * 100'000)), 0, batch);
  const std::size_t each = batch.size() / kRecords;
  RecordProperty("bytes_per_record", static_cast<int>(each));
  // wire.md says so
  EXPECT_GE(each, 66u);
  EXPECT_LE(each, 72u);
}

TEST(RecordCodec, NobodySpeaksForAnotherTunnel) {
  wgt_record forged = typical(1, 1);
  std::memset(forged.peer, 0xbb, 32);
  forged.device = {99, 98};
  ByteVector batch;
  RecordEncoder().add(event_of(forged), 0, batch);
  event::DecodeStats stats;
  const auto back = decode_batch(batch, kSource, stats);
  ASSERT_TRUE(back);
  EXPECT_TRUE(equal(back->at(0), typical(1, 1)));
}

TEST(RecordCodec, ALaterVerdictIsLeftOutAndCounted) {
  ByteVector batch;
  RecordEncoder encoder;
  encoder.add(event_of(typical(1, 1)), 0, batch);
  batch.at(1) = 250;  // the verdict
  encoder.add(event_of(typical(2, 2)), 0, batch);
  event::DecodeStats stats;
  EXPECT_EQ(decode_batch(batch, kSource, stats).value().size(), 1u);
  EXPECT_EQ(stats.bad_verdict, 1u);
}

TEST(RecordCodec, ACutBatchIsRefused) {
  ByteVector batch;
  RecordEncoder().add(event_of(typical(1, 1)), 3, batch);
  for (std::size_t length = 1; length < batch.size(); length++) {
    event::DecodeStats stats;
    EXPECT_FALSE(decode_batch(Bytes(batch).first(length), kSource, stats)) << length;
  }
}

TEST(RecordCodec, TheLargestRecordFitsItsLimit) {
  wgt_record record = typical(UINT64_MAX, 1);
  record.inner.version = record.outer.version = 6;
  record.inner.proto = record.outer.proto = 6;
  record.inner.len = record.outer.len = UINT32_MAX;
  record.inner.id = record.outer.id = UINT16_MAX;
  record.receiver_index = UINT32_MAX;
  record.flags = UINT32_MAX;
  record.gso_segment = UINT16_MAX - 1;
  record.gso_segments = UINT16_MAX;
  for (unsigned i = 0; i < WGT_HOPS; i++) record.hop_ns[i] = i % 2 == 0 ? event::kMaxMonoNs : 1;
  record.drop_reason = UINT32_MAX;
  record.error = INT32_MIN;
  for (const wgt_kind kind : {WGT_TX, WGT_RX, WGT_DROP, WGT_HANDSHAKE}) {
    record.kind = static_cast<std::uint8_t>(kind);
    ByteVector batch;
    RecordEncoder().add(event_of(record), UINT64_MAX, batch);
    EXPECT_GE(batch.size(), 100u) << kind;
    EXPECT_LE(batch.size(), kMaxRecordBytes) << kind;
  }
}

TEST(RecordCodec, AnyBytesAreRecordsOrAnError) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; round++) {
    ByteVector bytes(random() % 200);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    event::DecodeStats stats;
    const auto records = decode_batch(bytes, kSource, stats);
    if (!records) continue;
    for (const event::Event& event : *records) {
      EXPECT_LT(static_cast<unsigned>(event::verdict_of(event)), event::kVerdicts);
      const std::uint32_t ifindex = event::device_of(event).ifindex;
      EXPECT_TRUE(ifindex == 0 || ifindex == kSource.device.ifindex);
    }
  }
}

}  // namespace
}  // namespace wgt::session
