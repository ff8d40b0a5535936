// SPDX-License-Identifier: GPL-2.0-only
// Both ways: what the writer of columns makes the reader of columns gives back.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "plugin/source/recording/column_reader.h"
#include "plugin/source/recording/column_writer.h"
#include "plugin/source/recording/record_fields.h"
#include "tests/support/event_builder.h"
#include "tests/support/record_bytes.h"

namespace wgt::recording {
namespace {

using event::Event;

struct Block {
  BlockHead head;
  ByteVector body;

  explicit Block(const std::vector<Event>& events) {
    ColumnWriter columns;
    for (const Event& event : events) columns.add(wgt::test::RecordBytes(event));
    columns.finish(head, body);
  }
  Result<std::vector<Event>> events() const {
    std::vector<Event> out;
    event::DecodeStats stats;
    Result<void> decoded = decode_columns(body, head.count, out, stats);
    if (!decoded) return decoded.error();
    return out;
  }
};

// Flows as they are: addresses, ports and sessions come again, numbers go up, times nearly.
std::vector<Event> some_events(std::uint32_t seed, std::size_t count) {
  std::mt19937 random(seed);
  std::vector<Event> events;
  std::uint64_t now = 1'000'000'000;
  std::uint64_t counters[4] = {};
  for (std::size_t i = 0; i < count; i++) {
    now += random() % 1000;
    const auto flow = random() % 4;
    const auto port = static_cast<std::uint16_t>(1000 + flow);
    if (random() % 50 == 0) {
      events.push_back(wgt::test::drop(event::VerdictId::OUTER_OUT).at(now).without_key());
    } else if (flow % 2 == 0) {
      auto sent = wgt::test::tx();
      sent.index(static_cast<std::uint32_t>(flow)).counter(counters[flow]++).at(now);
      sent.inner_tcp("10.0.0.1", port, "10.0.0.2", 443).gso(static_cast<std::uint16_t>(i % 3), 3);
      sent->inner.seq = static_cast<std::uint32_t>(random());
      sent->inner.len = static_cast<std::uint32_t>(52 + random() % 1400);
      events.push_back(sent);
    } else {
      auto received = wgt::test::rx();
      received.index(static_cast<std::uint32_t>(flow)).counter(counters[flow] += random() % 3);
      received.hops({0, now, now + random() % 999, now - random() % 99, now + 5, 0});
      received.inner_ping("fd00::1", "fd00::2", port, static_cast<std::uint16_t>(i));
      events.push_back(received);
    }
  }
  return events;
}

TEST(Columns, GiveBackWhatWasPutIn) {
  for (std::uint32_t seed = 0; seed < 20; seed++) {
    const std::vector<Event> events = some_events(seed, seed * 37);
    const auto out = Block(events).events();
    ASSERT_TRUE(out) << out.error().text;
    ASSERT_EQ(*out, events) << "seed " << seed;
  }
}

struct ToTemplate {
  template <class Number>
  void value(Column /*column*/, Number& field, std::uint64_t /*expected*/) {
    field = field != 0 ? 1 : 0;
  }
};
struct Keep {
  std::vector<std::uint64_t>& all;
  template <class Number>
  void value(Column /*column*/, Number& field, std::uint64_t expected) {
    if (field != 0) all.push_back(field - expected);
  }
};
struct Restore {
  std::vector<std::uint64_t>& all;
  std::size_t next = 0;
  template <class Number>
  void value(Column /*column*/, Number& field, std::uint64_t expected) {
    if (field != 0) field = static_cast<Number>(all[next++] + expected);
  }
};

// Bytes that mean nothing to this version, too: a later one may know what they are.
TEST(Columns, KeepEveryByteOfARecord) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; round++) {
    wgt_record record;
    auto* raw = reinterpret_cast<std::uint8_t*>(&record);
    for (std::size_t i = 0; i < sizeof record; i++)
      raw[i] = random() % 3 == 0 ? 0 : static_cast<std::uint8_t>(random());
    wgt_record masked = record;
    ToTemplate to_template;
    std::vector<std::uint64_t> differences;
    Keep keep{differences};
    Restore restore{differences};
    std::uint64_t counter = 0;
    std::uint64_t first = 0;
    Last last;
    code_fields(to_template, masked, last, counter, first);
    last = {};
    counter = first = 0;
    wgt_record copy = record;
    code_fields(keep, copy, last, counter, first);
    last = {};
    counter = first = 0;
    code_fields(restore, masked, last, counter, first);
    ASSERT_EQ(std::memcmp(&masked, &record, sizeof record), 0) << "round " << round;
  }
}

TEST(Columns, AHeadSaysWhatAReaderCanSkipABlockBy) {
  using wgt::test::test_key;
  const Block block({wgt::test::tx().peer(test_key(2)).index(9).at(5000),
                     wgt::test::tx().peer(test_key(1)).index(8).at(3000),
                     wgt::test::tx().peer(test_key(1)).index(9).at(9000)});
  EXPECT_EQ(block.head.count, 3U);
  EXPECT_EQ(block.head.from_ns, 3000U);
  EXPECT_EQ(block.head.until_ns, 12'000U);
  EXPECT_FALSE(block.head.of_unknown_peers);
  EXPECT_TRUE(Block({wgt::test::drop(event::VerdictId::OUTER_OUT)}).head.of_unknown_peers);

  ByteVector bytes;
  put_head(block.head, bytes);
  auto head = parse_head(bytes);
  ASSERT_TRUE(head);
  ASSERT_TRUE(parse_index(Bytes(bytes).subspan(kHeadBytes), *head));
  EXPECT_EQ(head->head.sessions, (std::vector<std::uint32_t>{8, 9}));
  ASSERT_EQ(head->head.peers.size(), 2U);
  EXPECT_EQ(head->head.peers[0][0], 1);
}

TEST(Columns, FullComesBeforeABlockIsMoreThanAReaderTakes) {
  std::mt19937 random(3);
  ColumnWriter columns;
  while (!columns.full()) {
    wgt_record record;
    auto* raw = reinterpret_cast<std::uint8_t*>(&record);
    for (std::size_t i = 0; i < sizeof record; i++) raw[i] = static_cast<std::uint8_t>(random());
    columns.add(std::as_bytes(std::span(&record, 1)));
  }
  BlockHead head;
  ByteVector body;
  columns.finish(head, body);
  EXPECT_LE(head.count, kMaxRecords);
  EXPECT_LE(body.size(), kMaxBodyBytes);
  EXPECT_EQ(columns.count(), 0U);
}

TEST(Columns, WhatIsNoBodyIsAnErrorAndChangesNothing) {
  const Block block(some_events(1, 100));
  std::vector<Event> out(1);
  event::DecodeStats stats;
  for (std::size_t size = 0; size < block.body.size(); size++)
    ASSERT_FALSE(decode_columns(Bytes(block.body).first(size), block.head.count, out, stats));
  ByteVector longer = block.body;
  longer.push_back(0);
  EXPECT_FALSE(decode_columns(longer, block.head.count, out, stats));
  EXPECT_FALSE(decode_columns(block.body, block.head.count + 1, out, stats));
  EXPECT_FALSE(decode_columns(block.body, block.head.count - 1, out, stats));
  EXPECT_EQ(out.size(), 1U);
  EXPECT_EQ(stats.good + stats.bad(), 0U);
}

}  // namespace
}  // namespace wgt::recording
