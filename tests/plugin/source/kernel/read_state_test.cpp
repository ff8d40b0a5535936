// SPDX-License-Identifier: GPL-2.0-only
// Bytes of the pinned maps as values: order of bytes, rings, flags, and what is not there.
#include "plugin/source/kernel/read_state.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

namespace wgt::kernel {
namespace {

using event::Hs;

wgt_endpoint v4(std::uint8_t last) {
  return {.address = {192, 0, 2, last}, .port = 0x6cca, .version = 4, .zero = 0};
}

TEST(ToEndpoint, IsInHostOrder) {
  EXPECT_EQ(to_string(*to_endpoint(v4(7))), "192.0.2.7:51820");
  wgt_endpoint v6{};
  v6.address[0] = 0xfe;
  v6.address[1] = 0x80;
  v6.address[15] = 1;
  v6.port = 0x0100;
  v6.version = 6;
  EXPECT_EQ(to_string(*to_endpoint(v6)), "[fe80::1]:1");
}

TEST(ToEndpoint, IsNoneWithoutAVersion) {
  EXPECT_EQ(to_endpoint(wgt_endpoint{}), std::nullopt);
  wgt_endpoint odd = v4(7);
  odd.version = 5;
  EXPECT_EQ(to_endpoint(odd), std::nullopt);
}

TEST(ToHistory, ReadsRingsOldestFirst) {
  wgt_handshake h{};
  // The ring went round: the oldest one is in the middle.
  for (std::uint64_t i = 0; i < WGT_ENDPOINT_CHANGES; i++) {
    auto& change = h.changes[(i + 3) % WGT_ENDPOINT_CHANGES];
    change.ns = 100 + i;
    change.from = v4(1);
    change.by = WGT_HS_COMPLETED;
  }
  h.sessions[1] = {
      .ns = 5, .local_index = 1, .remote_index = 2, .i_am_initiator = 1, .asked_ipv4 = 7};
  h.sessions[0] = {
      .ns = 9, .local_index = 3, .remote_index = 4, .i_am_initiator = 0, .asked_ipv4 = 0};
  const event::HandshakeHistory history = to_history(h);
  ASSERT_EQ(history.changes.size(), std::size_t{WGT_ENDPOINT_CHANGES});
  EXPECT_EQ(history.changes.front().ns, 100U);
  EXPECT_EQ(history.changes.back().ns, 100U + WGT_ENDPOINT_CHANGES - 1);
  EXPECT_EQ(history.changes.front().by, Hs::COMPLETED);
  EXPECT_FALSE(history.changes.front().to);
  ASSERT_EQ(history.sessions.size(), 2U) << "unused places are no sessions";
  EXPECT_TRUE(history.sessions[0].i_am_initiator);
  EXPECT_EQ(history.sessions[1].local_index, 3U);
}

TEST(ToHistory, KnowsWhereThePeerAsked) {
  wgt_handshake h{};
  h.sessions[0].ns = 5;
  const std::uint8_t address[] = {192, 0, 2, 5};
  std::memcpy(&h.sessions[0].asked_ipv4, address, sizeof address);
  EXPECT_EQ(to_string(to_history(h).sessions[0].asked_at.value()), "192.0.2.5");
  h.sessions[0].i_am_initiator = 1;
  EXPECT_FALSE(to_history(h).sessions[0].asked_at) << "left from another time";
  h.sessions[0].i_am_initiator = 0;
  h.sessions[0].asked_ipv4 = 0;
  EXPECT_FALSE(to_history(h).sessions[0].asked_at);
}

TEST(ToHistory, KeepsEachCountUnderItsName) {
  wgt_handshake h{};
  for (unsigned what = 0; what < WGT_HS_COUNT; what++) {
    h.count[what] = what;
    h.last_ns[what] = 1000 + what;
  }
  h.result = WGT_HS_PSK_MISMATCH;
  h.error = -ENETUNREACH;
  const event::HandshakeHistory history = to_history(h);
  EXPECT_EQ(history.count[Hs::CROSSED], std::uint64_t{WGT_HS_CROSSED});
  EXPECT_EQ(history.last_ns[Hs::COMPLETED], 1000U + WGT_HS_COMPLETED);
  EXPECT_EQ(history.result, Hs::PSK_MISMATCH);
  EXPECT_EQ(history.error, ENETUNREACH);
}

TEST(ToUnknownSender, HasAKeyOnlyWhereOneWasSent) {
  wgt_unknown_sender_key key{};
  key.id[0] = 77;
  wgt_unknown_sender sender{};
  sender.count = 3;
  sender.source = v4(9);
  key.result = WGT_HS_UNKNOWN_INITIATOR;
  ASSERT_TRUE(to_unknown_sender(key, sender).initiator);
  EXPECT_EQ(to_unknown_sender(key, sender).initiator->bytes[0], 77);
  key.result = WGT_HS_RATE_LIMITED;  // the id is an address
  EXPECT_FALSE(to_unknown_sender(key, sender).initiator);
  EXPECT_EQ(to_unknown_sender(key, sender).count, 3U);
}

TEST(ToPeerNow, CountsJiffiesInNanoseconds) {
  wgt_peer_now now{};
  EXPECT_FALSE(to_peer_now(now, 250).new_handshake_in_ns) << "the timer does not run";
  now.jiffies = 1000;
  now.new_handshake_at = 1000 + 5 * 300;
  EXPECT_EQ(to_peer_now(now, 300).new_handshake_in_ns, 5'000'000'000);
  now.new_handshake_at = 1000 - 1;
  EXPECT_EQ(to_peer_now(now, 1000).new_handshake_in_ns, -1'000'000) << "overdue";
  now.send_keepalive_at = 5;
  EXPECT_TRUE(to_peer_now(now, 250).owes_keepalive);
}

TEST(Hz, FitsTheCounter) {
  for (const unsigned hz : {100U, 250U, 300U, 1000U})
    for (const std::uint64_t up_s : {3ULL, 36ULL, 400ULL, 100'000ULL})
      EXPECT_EQ(hz_from(4294967296ULL - 300ULL * hz + up_s * hz, up_s * 1'000'000'000), hz) << up_s;
}

}  // namespace
}  // namespace wgt::kernel
