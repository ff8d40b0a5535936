// SPDX-License-Identifier: GPL-2.0-only
// A hub with three peers: each sees its own packets, and nothing of the others.
#include "plugin/source/peer/disclosure.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "plugin/source/peer/location_numbers.h"
#include "tests/support/event_builder.h"

namespace wgt::session {
namespace {

using test::drop;
using test::rx;
using test::step;
using test::test_key;
using test::tx;

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
  template <class Kind>
  static test::EventBuilder<Kind> nameless(test::EventBuilder<Kind> event, const char* from,
                                           std::uint16_t port) {
    event.device(1, 5);
    event->outer = test::tuple_of(IPPROTO_UDP, from, port, "192.0.2.254", 51820);
    return event;
  }
  static event::Event unknown_index(std::uint32_t index, const char* from, std::uint16_t port) {
    return nameless(rx().verdict(event::VerdictId::RX_UNKNOWN_INDEX).index(index), from, port);
  }

  wg::Device hub;
  Disclosure disclosure{{1, 5}};
};

TEST_F(DisclosureOfAHub, APacketBelongsToItsPeer) {
  for (const auto& key : {kOne, kTwo, kThree}) {
    EXPECT_EQ(disclosure.peer_of(rx().device(1, 5).peer(key), hub), key);
    EXPECT_EQ(disclosure.peer_of(tx().device(1, 5).peer(key), hub), key);
  }
}

TEST_F(DisclosureOfAHub, OfAnotherInterfaceNobodySeesAnything) {
  EXPECT_FALSE(disclosure.peer_of(rx().device(1, 6).peer(kOne), hub));
  EXPECT_FALSE(disclosure.peer_of(rx().device(2, 5).peer(kOne), hub));
}

TEST_F(DisclosureOfAHub, APacketForNobodyIsNobodys) {
  EXPECT_FALSE(disclosure.peer_of(
      tx().device(1, 5).without_key().verdict(event::VerdictId::TX_NO_PEER), hub));
}

TEST_F(DisclosureOfAHub, AForgottenIndexIsWhoseItWas) {
  disclosure.peer_of(rx().device(1, 5).index(77).peer(kTwo), hub);
  // from the address of another peer, which sent it with a guessed index
  EXPECT_EQ(disclosure.peer_of(unknown_index(77, "192.0.2.1", 51820), hub), kTwo);
}

// As a drop that was matched by its inner flow.
TEST_F(DisclosureOfAHub, AKnownIndexNeedsNoOuterAddress) {
  disclosure.peer_of(rx().device(1, 5).index(77).peer(kTwo), hub);
  auto inner_in = drop(event::VerdictId::INNER_IN).device(1, 5).index(77);
  EXPECT_EQ(disclosure.peer_of(inner_in.build(), hub), kTwo);
  EXPECT_FALSE(disclosure.peer_of(inner_in.index(78).build(), hub));
}

TEST_F(DisclosureOfAHub, AnIndexOfPacketsThatLeaveIsAnother) {
  disclosure.peer_of(tx().device(1, 5).index(77).peer(kTwo), hub);
  EXPECT_EQ(disclosure.peer_of(unknown_index(77, "192.0.2.1", 51820), hub), kOne);
}

TEST_F(DisclosureOfAHub, AnIndexNeverSeenIsWhoseAddressItCameFrom) {
  for (const bool dropped : {true, false}) {
    const auto came = [&](const char* from, std::uint16_t port) -> event::Event {
      if (!dropped) return unknown_index(1, from, port);
      return nameless(drop(event::VerdictId::OUTER_IN).index(1), from, port);
    };
    EXPECT_EQ(disclosure.peer_of(came("192.0.2.1", 51820), hub), kOne);
    EXPECT_EQ(disclosure.peer_of(came("192.0.2.2", 51820), hub), kTwo);
    EXPECT_EQ(disclosure.peer_of(came("192.0.2.2", 40000), hub), kThree);
    EXPECT_FALSE(disclosure.peer_of(came("192.0.2.1", 51821), hub));
    EXPECT_FALSE(disclosure.peer_of(came("192.0.2.9", 51820), hub));
  }
}

TEST_F(DisclosureOfAHub, StepsOfHandshakesAreTheirPeers) {
  auto accepted = step(event::Hs::INITIATION_ACCEPTED).device(1, 5).peer(kTwo);
  accepted->receiver_index = 77;
  EXPECT_EQ(disclosure.peer_of(accepted.build(), hub), kTwo);
  // Its indices are no session's: a packet with the same one is nobody's yet.
  EXPECT_FALSE(disclosure.peer_of(unknown_index(77, "192.0.2.9", 51820), hub));
}

TEST_F(DisclosureOfAHub, ADroppedHandshakeMessageIsWhoseAddressItHas) {
  auto dropped = nameless(step(event::Hs::DROPPED_IN), "192.0.2.2", 51820);
  EXPECT_EQ(disclosure.peer_of(dropped.build(), hub), kTwo);
  std::swap(dropped->outer.src, dropped->outer.dst);
  std::swap(dropped->outer.src_port, dropped->outer.dst_port);
  EXPECT_FALSE(disclosure.peer_of(dropped.build(), hub));
  dropped->what = event::Hs::DROPPED_OUT;
  EXPECT_EQ(disclosure.peer_of(dropped.build(), hub), kTwo);
}

TEST_F(DisclosureOfAHub, JunkWithoutANumberIsNobodys) {
  const auto junk =
      nameless(rx().verdict(event::VerdictId::RX_MALFORMED).without_key(), "192.0.2.1", 51820);
  EXPECT_FALSE(disclosure.peer_of(junk.build(), hub));
}

TEST_F(DisclosureOfAHub, RemembersOnlySoManyIndices) {
  for (std::uint32_t i = 0; i < 100'000; i++)
    disclosure.peer_of(rx().device(1, 5).index(i).peer(kTwo), hub);
  EXPECT_EQ(disclosure.peer_of(unknown_index(99'999, "10.9.9.9", 1), hub), kTwo);
  EXPECT_FALSE(disclosure.peer_of(unknown_index(5, "10.9.9.9", 1), hub));
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
