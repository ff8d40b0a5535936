// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/handshake_join.h"

#include <gtest/gtest.h>

#include "tests/plugin/join/recorded_hosts.h"
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;
using event::Hs;

constexpr HostId kAlpha = 0;
constexpr HostId kBeta = 1;
constexpr std::uint32_t kOurs = 0x11111111;    // alpha's sender index
constexpr std::uint32_t kTheirs = 0x22222222;  // beta's

using Step = Seen<event::HandshakeStep>;

Step step_of(HostId host, Hs what, std::uint32_t sender, std::uint32_t receiver = 0) {
  Step step{host, wgt::test::step(what)
                      .device(host == kAlpha ? kDeviceA : kDeviceB)
                      .peer(host == kAlpha ? kB : kA)
                      .at(host == kAlpha ? kStart : on_beta(kStart))};
  step.event.sender_index = sender;
  step.event.receiver_index = receiver;
  return step;
}

Step no_answer() {
  Step step = step_of(kAlpha, Hs::NO_ANSWER, kOurs);
  step.event.initiated_ns = kStart;
  step.event.at_ns = kStart + 5 * kSecond;
  return step;
}

void add(HandshakeJoin& join, const Step& step) { join.add(step.host, step.event); }
JoinedHandshake conclude(const HandshakeJoin& join, const Step& step) {
  return join.conclude(step.host, step.event);
}

class HandshakeJoinTest : public ::testing::Test {
 protected:
  HandshakeJoinTest() {
    hosts.add(alpha());
    hosts.add(beta());
  }
  std::optional<HandshakeFate> fate() {
    const auto joined = conclude(join, no_answer());
    if (!joined.other_end) return std::nullopt;
    return joined.other_end->fate;
  }
  Hosts hosts;
  std::optional<HostId> blind;  // saw not everything
  HandshakeJoin join{hosts, [this](const Hosts::Place& there, HostId, std::uint64_t,
                                   std::uint64_t) { return there.host != blind; }};
};

TEST_F(HandshakeJoinTest, NeverCameOnlyIfBetaSawAll) {
  EXPECT_EQ(fate(), HandshakeFate::kNeverCame);
  EXPECT_EQ(conclude(join, no_answer()).other_end->host, kBeta);
  blind = kBeta;
  EXPECT_FALSE(fate());
}

TEST_F(HandshakeJoinTest, SaysNothingOfAPeerThatIsNotWatched) {
  Hosts only;
  only.add(alpha());
  const HandshakeJoin alone(
      only, [](const Hosts::Place&, HostId, std::uint64_t, std::uint64_t) { return true; });
  EXPECT_FALSE(conclude(alone, no_answer()).other_end);
}

TEST_F(HandshakeJoinTest, OurOwnFullQueueRefusedTheAnswer) {
  add(join, step_of(kBeta, Hs::RESPONSE_SENT, 77, kOurs));
  add(join, step_of(kAlpha, Hs::QUEUE_FULL, 77, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kAnswerDropped);
}

TEST_F(HandshakeJoinTest, RefusalsHaveTheirName) {
  for (const Hs what :
       {Hs::WRONG_RESPONDER_KEY, Hs::UNKNOWN_INITIATOR, Hs::REPLAYED_TIMESTAMP, Hs::FLOOD,
        Hs::COOKIE_REQUIRED, Hs::RATE_LIMITED, Hs::NO_IDENTITY, Hs::QUEUE_FULL}) {
    HandshakeJoin one(
        hosts, [](const Hosts::Place&, HostId, std::uint64_t, std::uint64_t) { return true; });
    add(one, step_of(kBeta, what, kOurs));
    const auto other = conclude(one, no_answer()).other_end;
    ASSERT_TRUE(other) << what;
    EXPECT_EQ(other->fate, HandshakeFate::kRefused);
    EXPECT_EQ(other->result, what);
  }
}

TEST_F(HandshakeJoinTest, DropsAreToldWithTheirHostAndReason) {
  Step drop = step_of(kBeta, Hs::DROPPED_IN, kOurs);
  drop.event.reason = 8;
  add(join, drop);
  const auto other = conclude(join, no_answer()).other_end;
  ASSERT_TRUE(other);
  EXPECT_EQ(other->fate, HandshakeFate::kDroppedArriving);
  EXPECT_EQ(other->host, kBeta);
  EXPECT_EQ(other->reason, 8U);
}

TEST_F(HandshakeJoinTest, OwnStackDroppedIt) {
  add(join, step_of(kAlpha, Hs::DROPPED_OUT, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kDroppedLeaving);
}

TEST_F(HandshakeJoinTest, TheAnswersWay) {
  add(join, step_of(kBeta, Hs::INITIATION_ACCEPTED, kOurs));
  EXPECT_FALSE(fate()) << "it came, and nothing is known of an answer";
  add(join, step_of(kBeta, Hs::RESPONSE_SENT, kTheirs, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kAnswerLost);
  blind = kAlpha;
  EXPECT_FALSE(fate()) << "alpha's own record of it may be lost";
  blind.reset();
  add(join, step_of(kBeta, Hs::DROPPED_OUT, kTheirs, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kAnswerNotLeaving);
}

TEST_F(HandshakeJoinTest, AnswerDroppedOnArrival) {
  add(join, step_of(kBeta, Hs::RESPONSE_SENT, kTheirs, kOurs));
  add(join, step_of(kAlpha, Hs::DROPPED_IN, kTheirs, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kAnswerDropped);
}

TEST_F(HandshakeJoinTest, AnotherPeersSameIndexIsNotIt) {
  event::HostInfo gamma = beta();
  gamma.boot_id = "boot-c";
  gamma.devices[0].public_key = test_key(0xc);
  hosts.add(gamma);
  add(join, step_of(2, Hs::REPLAYED_TIMESTAMP, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kNeverCame);
}

TEST_F(HandshakeJoinTest, RemembersOnlySoMany) {
  HandshakeJoin two(
      hosts, [](const Hosts::Place&, HostId, std::uint64_t, std::uint64_t) { return false; }, 2);
  add(two, step_of(kBeta, Hs::UNKNOWN_INITIATOR, kOurs));
  EXPECT_TRUE(conclude(two, no_answer()).other_end);
  add(two, step_of(kBeta, Hs::UNKNOWN_INITIATOR, kOurs + 1));
  add(two, step_of(kBeta, Hs::UNKNOWN_INITIATOR, kOurs + 2));
  EXPECT_FALSE(conclude(two, no_answer()).other_end);
}

// In recordings: among the paths by time, whatever the files' order.
TEST_F(RecordedHosts, StepsOfBothEndsAreJoined) {
  Step sent = step_of(kAlpha, Hs::INITIATION_SENT, kOurs);
  sent.event.at_ns = kStart;
  Step refused = step_of(kBeta, Hs::REPLAYED_TIMESTAMP, kOurs);
  refused.event.at_ns = on_beta(kStart + 20 * kMs);
  write_alpha({no_answer().event, sent.event});
  write_beta({refused.event});
  run();
  EXPECT_TRUE(paths.empty());
  ASSERT_EQ(handshakes.size(), 3U);
  EXPECT_EQ(handshakes[0].step.event.what, Hs::INITIATION_SENT);
  EXPECT_EQ(handshakes[1].step.event.what, Hs::REPLAYED_TIMESTAMP);
  ASSERT_TRUE(handshakes[2].other_end);
  EXPECT_EQ(handshakes[2].other_end->fate, HandshakeFate::kRefused);
}

TEST_F(RecordedHosts, AnInitiationThatNeverCame) {
  write_alpha({no_answer().event});
  write_beta({});
  run();
  ASSERT_EQ(handshakes.size(), 1U);
  ASSERT_TRUE(handshakes[0].other_end);
  EXPECT_EQ(handshakes[0].other_end->fate, HandshakeFate::kNeverCame);
}

TEST_F(RecordedHosts, WhereBetaLostRecordsNothingNeverCame) {
  write_alpha({no_answer().event});
  write_beta({}, {{on_beta(kStart + kSecond), 1, "ring"}});
  run();
  ASSERT_EQ(handshakes.size(), 1U);
  EXPECT_FALSE(handshakes[0].other_end);
}

}  // namespace
}  // namespace wgt::join
