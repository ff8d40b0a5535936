// SPDX-License-Identifier: GPL-2.0-only
// A hub with three peers: each sees its own packets, and nothing of the others.
#include "plugin/source/peer/disclosure.h"

#include <gtest/gtest.h>

#include "bpf/abi/handshake.h"
#include "plugin/source/peer/location_numbers.h"
#include "tests/support/record_builder.h"

namespace wgt::session {
namespace {

using test::RecordBuilder;
using test::test_key;

const wg::PublicKey kOne = test_key(1);
const wg::PublicKey kTwo = test_key(2);
const wg::PublicKey kThree = test_key(3);

struct DisclosureOfAHub : ::testing::Test {
  DisclosureOfAHub() {
    for (const auto& [key, address] :
         {std::pair{kOne, "192.0.2.1"}, {kTwo, "192.0.2.2"}, {kThree, "192.0.2.2"}}) {
      wg::Peer peer;
      peer.public_key = key;
      peer.endpoint = Endpoint{parse_ip(address).value(), 51820, 0};
      hub.peers.push_back(peer);
    }
    hub.peers[2].endpoint->port = 40000;  // two behind one NAT
  }
  // Arrived from there, and WireGuard never knew whose it was.
  static wgt_record nameless(wgt_kind kind, event::VerdictId verdict, std::uint32_t index,
                             const char* from, std::uint16_t port) {
    RecordBuilder builder(kind);
    builder.device(1, 5).index(index).verdict(verdict);
    wgt_record record = builder;
    record.outer = {};
    record.outer.version = 4;
    const IpAddress address = parse_ip(from).value();
    std::memcpy(record.outer.src, address.bytes.data(), 4);
    record.outer.src_port = htons(port);
    return record;
  }

  wg::Device hub;
  Disclosure disclosure{{1, 5}};
};

TEST_F(DisclosureOfAHub, APacketBelongsToItsPeer) {
  for (const auto& key : {kOne, kTwo, kThree}) {
    EXPECT_EQ(disclosure.peer_of(RecordBuilder(WGT_RX).device(1, 5).peer(key), hub), key);
    EXPECT_EQ(disclosure.peer_of(RecordBuilder(WGT_TX).device(1, 5).peer(key), hub), key);
  }
}

TEST_F(DisclosureOfAHub, OfAnotherInterfaceNobodySeesAnything) {
  EXPECT_FALSE(disclosure.peer_of(RecordBuilder(WGT_RX).device(1, 6).peer(kOne), hub));
  EXPECT_FALSE(disclosure.peer_of(RecordBuilder(WGT_RX).device(2, 5).peer(kOne), hub));
}

TEST_F(DisclosureOfAHub, APacketForNobodyIsNobodys) {
  EXPECT_FALSE(disclosure.peer_of(
      RecordBuilder(WGT_TX).device(1, 5).without_key().verdict(event::VerdictId::TX_NO_PEER), hub));
}

TEST_F(DisclosureOfAHub, AForgottenIndexIsWhoseItWas) {
  disclosure.peer_of(RecordBuilder(WGT_RX).device(1, 5).index(77).peer(kTwo), hub);
  // from the address of another peer, which sent it with a guessed index
  EXPECT_EQ(disclosure.peer_of(
                nameless(WGT_RX, event::VerdictId::RX_UNKNOWN_INDEX, 77, "192.0.2.1", 51820), hub),
            kTwo);
}

// As a drop that was matched by its inner flow.
TEST_F(DisclosureOfAHub, AKnownIndexNeedsNoOuterAddress) {
  disclosure.peer_of(RecordBuilder(WGT_RX).device(1, 5).index(77).peer(kTwo), hub);
  wgt_record drop = nameless(WGT_DROP, event::VerdictId::INNER_IN, 77, "192.0.2.1", 51820);
  drop.outer = {};
  EXPECT_EQ(disclosure.peer_of(drop, hub), kTwo);
  drop.receiver_index = 78;
  EXPECT_FALSE(disclosure.peer_of(drop, hub));
}

TEST_F(DisclosureOfAHub, AnIndexOfPacketsThatLeaveIsAnother) {
  disclosure.peer_of(RecordBuilder(WGT_TX).device(1, 5).index(77).peer(kTwo), hub);
  EXPECT_EQ(disclosure.peer_of(
                nameless(WGT_RX, event::VerdictId::RX_UNKNOWN_INDEX, 77, "192.0.2.1", 51820), hub),
            kOne);
}

TEST_F(DisclosureOfAHub, AnIndexNeverSeenIsWhoseAddressItCameFrom) {
  for (const event::VerdictId verdict :
       {event::VerdictId::OUTER_IN, event::VerdictId::RX_UNKNOWN_INDEX}) {
    const wgt_kind kind = verdict == event::VerdictId::OUTER_IN ? WGT_DROP : WGT_RX;
    EXPECT_EQ(disclosure.peer_of(nameless(kind, verdict, 1, "192.0.2.1", 51820), hub), kOne);
    EXPECT_EQ(disclosure.peer_of(nameless(kind, verdict, 1, "192.0.2.2", 51820), hub), kTwo);
    EXPECT_EQ(disclosure.peer_of(nameless(kind, verdict, 1, "192.0.2.2", 40000), hub), kThree);
    EXPECT_FALSE(disclosure.peer_of(nameless(kind, verdict, 1, "192.0.2.1", 51821), hub));
    EXPECT_FALSE(disclosure.peer_of(nameless(kind, verdict, 1, "192.0.2.9", 51820), hub));
  }
}

TEST_F(DisclosureOfAHub, StepsOfHandshakesAreTheirPeers) {
  wgt_record step = RecordBuilder(WGT_HANDSHAKE).device(1, 5).peer(kTwo);
  step.verdict = WGT_HS_INITIATION_ACCEPTED;
  EXPECT_EQ(disclosure.peer_of(step, hub), kTwo);
  // Its indices are no session's: a packet with the same one is nobody's yet.
  EXPECT_FALSE(disclosure.peer_of(
      nameless(WGT_RX, event::VerdictId::RX_UNKNOWN_INDEX, step.receiver_index, "192.0.2.9", 51820),
      hub));
}

TEST_F(DisclosureOfAHub, ADroppedHandshakeMessageIsWhoseAddressItHas) {
  wgt_record step = nameless(WGT_HANDSHAKE, event::VerdictId::UNKNOWN, 0, "192.0.2.2", 51820);
  step.verdict = WGT_HS_DROPPED_IN;
  EXPECT_EQ(disclosure.peer_of(step, hub), kTwo);
  std::swap(step.outer.src, step.outer.dst);
  std::swap(step.outer.src_port, step.outer.dst_port);
  EXPECT_FALSE(disclosure.peer_of(step, hub));
  step.verdict = WGT_HS_DROPPED_OUT;
  EXPECT_EQ(disclosure.peer_of(step, hub), kTwo);
}

TEST_F(DisclosureOfAHub, JunkWithoutANumberIsNobodys) {
  wgt_record junk = nameless(WGT_RX, event::VerdictId::RX_MALFORMED, 1, "192.0.2.1", 51820);
  junk.flags = 0;
  EXPECT_FALSE(disclosure.peer_of(junk, hub));
}

TEST_F(DisclosureOfAHub, RemembersOnlySoManyIndices) {
  for (std::uint32_t i = 0; i < 100'000; i++)
    disclosure.peer_of(RecordBuilder(WGT_RX).device(1, 5).index(i).peer(kTwo), hub);
  EXPECT_EQ(disclosure.peer_of(
                nameless(WGT_RX, event::VerdictId::RX_UNKNOWN_INDEX, 99'999, "10.9.9.9", 1), hub),
            kTwo);
  EXPECT_FALSE(disclosure.peer_of(
      nameless(WGT_RX, event::VerdictId::RX_UNKNOWN_INDEX, 5, "10.9.9.9", 1), hub));
}

TEST(LocationNumbers, StandForAddressesAndDoNotTellThem) {
  const LocationNumbers here;
  const LocationNumbers there;
  constexpr std::uint64_t kAddress = 0xffffffff81234567;
  EXPECT_EQ(here.of(0), 0u);
  EXPECT_NE(here.of(kAddress), 0u);
  EXPECT_EQ(here.of(kAddress), here.of(kAddress));
  EXPECT_LE(here.of(kAddress), UINT32_MAX);
  EXPECT_NE(here.of(kAddress), here.of(kAddress + 1));
  EXPECT_NE(here.of(kAddress), there.of(kAddress));
}

}  // namespace
}  // namespace wgt::session
