// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/packed.h"

#include <random>

#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

struct PackedTest : ::testing::Test {
  // What comes back of it; `sent` may be of the same packet.
  Observed through(const Observed& in, const Packed* sent = nullptr) {
    const auto key = event::key_of(in.event);
    Packed* packed = store.pack(in, sent);
    const Observed out = store.unpack(*packed, key ? &*key : nullptr, sent);
    EXPECT_EQ(store.host(*packed), in.host);
    EXPECT_EQ(store.origin(*packed), event::origin_of(in.event));
    store.free(packed);
    return out;
  }
  void expect_same(const Observed& in, const Packed* sent = nullptr) {
    const Observed out = through(in, sent);
    EXPECT_EQ(out.host, in.host);
    EXPECT_EQ(out.event, in.event);
  }
  PackedStore store;
};

event::Event random_event(std::mt19937_64& random) {
  const auto is = [&](int of) { return random() % static_cast<unsigned>(of) == 0; };
  event::Tuple inner = is(5)   ? event::Tuple{}
                       : is(2) ? wgt::test::tuple_of(6, "10.0.0.1", 1, "10.0.0.2", 2)
                               : wgt::test::tuple_of(58, "fd00::1", 0, "fd00::2", 0);
  if (inner.is_known()) {
    inner.seq = static_cast<std::uint32_t>(random());
    inner.icmp_seq = static_cast<std::uint16_t>(random());
    inner.len = static_cast<std::uint32_t>(random());
  }
  const std::uint64_t at = random() >> (is(3) ? 4U : 20U);
  auto sent = tx_ab(random(), at).outer_udp("192.0.2.1", 5, is(2) ? "192.0.2.2" : "192.0.2.3", 6);
  auto got = rx_ab(random(), at).outer_udp("2001:db8::1", 5, "2001:db8::2", 6);
  sent->inner = got->inner = inner;
  for (auto& hop : sent->hop_ns)
    if (is(4)) hop = is(2) ? 0 : random() >> 4U;
  for (auto& hop : got->hop_ns)
    if (is(4)) hop = is(2) ? 0 : random() >> 4U;
  sent->outer.id = static_cast<std::uint16_t>(random());
  sent->outer.tos = static_cast<std::uint8_t>(random());
  sent->error = is(2) ? -113 : 0;
  sent->cause = static_cast<std::uint32_t>(random() % 3);
  sent->gso_segments = static_cast<std::uint16_t>(random());
  sent->matched = is(2);
  got->matched = is(2);
  got->too_old = is(2);
  got->inferred = is(2);
  if (is(4)) got->peer.reset();
  if (is(4)) sent.without_key();
  if (is(6)) sent->outer.seq = 7;
  return is(2) ? event::Event(*sent) : event::Event(*got);
}

TEST_F(PackedTest, WhatComesOutIsWhatWentIn) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 5000; ++i) expect_same({static_cast<HostId>(i % 3), random_event(random)});
  EXPECT_EQ(store.bytes(), 0U) << "all was freed";
}

TEST_F(PackedTest, OtherKindsAndOddPacketsAreKeptWhole) {
  expect_same({0, drop(event::VerdictId::INNER_IN).at(5)});
  expect_same({1, wgt::test::rejection()});
  auto odd = tx_ab(1).inner_tcp("10.0.0.1", 1, "10.0.0.2", 2);
  odd->inner.dst = parse_ip("fd00::1").value();
  expect_same({0, odd});
  auto waiting = tx_ab(1).without_key().verdict(event::VerdictId::TX_WAITING);
  waiting->tried_since_ns = 77;
  expect_same({0, waiting});
}

TEST_F(PackedTest, TheInnerPacketIsKeptOnce) {
  const auto sent = tx_ab(1).inner_tcp("10.0.0.1", 1, "10.0.0.2", 2);
  Packed* tx = store.pack({0, sent});
  const std::size_t before = store.bytes();
  const Observed rx{1, rx_ab(1).inner_tcp("10.0.0.1", 1, "10.0.0.2", 2)};
  expect_same(rx, tx);
  Packed* short_one = store.pack(rx, tx);
  const std::size_t with_sent = store.bytes() - before;
  store.free(short_one);
  Packed* alone = store.pack(rx);
  EXPECT_LT(with_sent, store.bytes() - before);
  store.free(alone);
  auto other = rx_ab(1).inner_tcp("10.0.0.9", 1, "10.0.0.2", 2);
  expect_same({1, other}, tx);
  store.free(tx);
}

TEST_F(PackedTest, MoreFlowsThanItRemembersAreKeptAllTheSame) {
  for (unsigned i = 0; i < 40'000; ++i) {
    auto sent = tx_ab(i).outer_udp("192.0.2.1", 5, "192.0.2.2", 6);
    sent->outer.src.bytes[1] = static_cast<std::uint8_t>(i);
    sent->outer.src.bytes[2] = static_cast<std::uint8_t>(i >> 8U);
    expect_same({0, sent});
  }
}

}  // namespace
}  // namespace wgt::join
