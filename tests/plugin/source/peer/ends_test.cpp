// SPDX-License-Identifier: GPL-2.0-only
// The state machines of both ends: a whole session, and what is refused in it.
#include <gtest/gtest.h>

#include <random>

#include "tests/plugin/source/peer/two_ends.h"
#include "tests/support/event_builder.h"

namespace wgt::session {
namespace {

event::Event some_event(const wg::PublicKey& peer, std::uint64_t counter = 5) {
  return test::rx().device(4, 3).peer(peer).counter(counter);
}

TEST(Ends, RecordsReachTheWatcher) {
  TwoEnds ends;
  ASSERT_TRUE(ends.open());
  EXPECT_EQ(ends.watcher.psk, PskMatch::kSame);
  EXPECT_EQ(ends.listener.seen_psk, PskMatch::kSame);

  ends.watcher.end.ping(1000);
  ASSERT_TRUE(ends.to_listener(70'000));
  ASSERT_TRUE(ends.to_watcher(5000));
  ASSERT_EQ(ends.watcher.trips.size(), 1u);
  EXPECT_EQ(ends.watcher.trips[0].t1, 1000u);
  EXPECT_EQ(ends.watcher.trips[0].t2, 70'000u);
  EXPECT_EQ(ends.watcher.trips[0].t4, 5000u);

  ends.watcher.end.ask({3, {{6, 0, 0, 1}}});
  ASSERT_TRUE(ends.to_listener());
  ASSERT_TRUE(ends.listener.ask);
  EXPECT_EQ(ends.listener.ask->sample, 3u);

  ends.listener.end.host(host_named("far"));
  ends.listener.end.add(some_event(ends.keys.pub), 0);
  ends.listener.end.progress({9, 1});
  ASSERT_TRUE(ends.to_watcher());
  ASSERT_EQ(ends.watcher.hosts.size(), 1u);
  EXPECT_EQ(ends.watcher.hosts[0].hostname, "far");
  EXPECT_EQ(ends.watcher.hosts[0].devices.at(0).public_key, ends.listener.keys.pub);
  ASSERT_EQ(ends.watcher.got.size(), 1u);
  EXPECT_EQ(event::key_of(ends.watcher.got[0])->counter, 5u);
  EXPECT_EQ(ends.watcher.last_progress->lost, 1u);

  ends.listener.end.bye(ByeReason::kNotTraced);
  EXPECT_EQ(ends.to_watcher().error().code, Errc::kNotFound);
}

TEST(Ends, AWrongKeyOfTheListenerIsNamedByIt) {
  TwoEnds ends;
  ASSERT_TRUE(ends.watcher.end.begin(copy_of(ends.keys), random_key_pair(), random_key_pair().pub,
                                     wg::SecretKey()));
  EXPECT_EQ(ends.to_listener().error().code, Errc::kInvalid);
  EXPECT_TRUE(ends.listener.sent.empty());
}

TEST(Ends, AUnknownSenderGetsNotAByte) {
  TwoEnds ends;
  ends.listener.peer_key = random_key_pair().pub;
  ASSERT_TRUE(ends.begin());
  EXPECT_EQ(ends.to_listener().error().code, Errc::kPermission);
  EXPECT_TRUE(ends.listener.sent.empty());
}

TEST(Ends, BothSeeThatThePresharedKeysDiffer) {
  TwoEnds ends;
  ends.psk.data()[0] = 1;
  ends.listener.psk.data()[0] = 2;
  ASSERT_TRUE(ends.open());
  EXPECT_EQ(ends.watcher.psk, PskMatch::kDifferent);
  EXPECT_EQ(ends.listener.seen_psk, PskMatch::kDifferent);
  EXPECT_TRUE(ends.watcher.end.is_open());
}

TEST(Ends, BothSeeWhoHoldsNoPresharedKey) {
  TwoEnds ends;
  ends.psk.data()[0] = 1;
  ASSERT_TRUE(ends.open());
  EXPECT_EQ(ends.watcher.psk, PskMatch::kNoneThere);
  EXPECT_EQ(ends.listener.seen_psk, PskMatch::kNoneHere);
}

TEST(Ends, NothingComesOutOfTurn) {
  {
    TwoEnds ends;  // a record before a host
    ASSERT_TRUE(ends.open());
    ends.watcher.end.ask({});
    ASSERT_TRUE(ends.to_listener());
    ends.listener.end.add(some_event(ends.keys.pub), 0);
    ends.listener.end.flush();
    EXPECT_EQ(ends.to_watcher().error().code, Errc::kProtocol);
    EXPECT_TRUE(ends.watcher.got.empty());
  }
  {
    TwoEnds ends;  // a host that was not asked for
    ASSERT_TRUE(ends.open());
    ends.listener.end.host(host_named("far"));
    EXPECT_EQ(ends.to_watcher().error().code, Errc::kProtocol);
  }
  {
    TwoEnds ends;  // two wishes
    ASSERT_TRUE(ends.open());
    ends.watcher.end.ask({});
    ends.watcher.end.ask({});
    EXPECT_EQ(ends.to_listener().error().code, Errc::kProtocol);
  }
  {
    TwoEnds ends;  // a ping before hello
    ASSERT_TRUE(ends.begin());
    ASSERT_TRUE(ends.to_listener());
    ASSERT_TRUE(ends.to_watcher());
    ends.watcher.sent.clear();  // hello
    ends.watcher.end.ping(1);
    EXPECT_FALSE(ends.to_listener());
  }
}

TEST(Ends, AHostHasOneInterfaceAndAnEnd) {
  for (const std::size_t devices : {0u, 2u}) {
    TwoEnds ends;
    ASSERT_TRUE(ends.open());
    ends.watcher.end.ask({});
    ASSERT_TRUE(ends.to_listener());
    event::HostInfo host = host_named("far");
    host.devices.resize(devices, host.devices[0]);
    ends.listener.end.host(host);
    EXPECT_EQ(ends.to_watcher().error().code, Errc::kCorrupt);
  }
  TwoEnds ends;
  ASSERT_TRUE(ends.open());
  ends.watcher.end.ask({});
  ASSERT_TRUE(ends.to_listener());
  ends.listener.end.host(host_named(std::string(2 << 20, 'x')));
  EXPECT_EQ(ends.to_watcher().error().code, Errc::kCorrupt);
}

// Bytes of a genuine session, altered in every way that somebody on the path can: no record is
// ever accepted that was not sent, in its place.
class Damage : public ::testing::Test {
 protected:
  // The listener's bytes after `ask`: a host, then three batches of one record.
  void serve(TwoEnds& ends) {
    ASSERT_TRUE(ends.open());
    ends.watcher.end.ask({});
    ASSERT_TRUE(ends.to_listener());
    ends.listener.end.host(host_named("far"));
    lengths.assign(1, ends.listener.sent.size());
    for (std::uint64_t i = 0; i < 3; i++) {
      ends.listener.end.add(some_event(ends.keys.pub, i), 0);
      ends.listener.end.flush();
      lengths.push_back(ends.listener.sent.size());
    }
  }
  static void expect_prefix(const TwoEnds& ends, std::size_t at_most) {
    EXPECT_LE(ends.watcher.got.size(), at_most);
    for (std::size_t i = 0; i < ends.watcher.got.size(); i++)
      EXPECT_EQ(event::key_of(ends.watcher.got[i])->counter, i);
  }
  std::vector<std::size_t> lengths;  // ends of the host and of each batch
};

TEST_F(Damage, FlippedBits) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; round++) {
    TwoEnds ends;
    serve(ends);
    const std::size_t at = lengths[0] + random() % (ends.listener.sent.size() - lengths[0]);
    ends.listener.sent[at] ^= static_cast<std::uint8_t>(1U << random() % 8);
    (void)ends.to_watcher();
    const auto hit = std::upper_bound(lengths.begin(), lengths.end(), at) - lengths.begin();
    expect_prefix(ends, static_cast<std::size_t>(hit - 1));
  }
}

TEST_F(Damage, LeftOutRepeatedAndMoved) {
  const auto piece = [&](const TwoEnds& ends, std::size_t i) {
    return Bytes(ends.listener.sent).subspan(lengths[i], lengths[i + 1] - lengths[i]);
  };
  for (const auto& order : {std::vector<std::size_t>{0, 0}, {1}, {0, 2}, {1, 0}, {0, 1, 1}}) {
    TwoEnds ends;
    serve(ends);
    ByteVector bytes(ends.listener.sent.begin(),
                     ends.listener.sent.begin() + static_cast<std::ptrdiff_t>(lengths[0]));
    for (const std::size_t i : order) ByteWriter(bytes).bytes(piece(ends, i));
    EXPECT_FALSE(ends.watcher.end.receive(bytes, 1));
    expect_prefix(ends, order.size() - 1);
  }
}

TEST_F(Damage, CutAnywhere) {
  TwoEnds first;
  serve(first);
  for (std::size_t length = 0; length < first.listener.sent.size(); length += 11) {
    TwoEnds ends;
    serve(ends);
    EXPECT_TRUE(ends.watcher.end.receive(Bytes(ends.listener.sent).first(length), 1));
    expect_prefix(ends, 3);
  }
}

TEST_F(Damage, AnotherSessionsBytes) {
  TwoEnds recorded;
  serve(recorded);
  TwoEnds ends;
  serve(ends);
  EXPECT_FALSE(ends.watcher.end.receive(recorded.listener.sent, 1));
  EXPECT_TRUE(ends.watcher.got.empty());
}

}  // namespace
}  // namespace wgt::session
