// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/handshake_join.h"

#include <gtest/gtest.h>

#include "bpf/abi/handshake.h"
#include "plugin/event/to_abi.h"
#include "tests/plugin/join/recorded_hosts.h"
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

constexpr HostId kAlpha = 0;
constexpr HostId kBeta = 1;
constexpr std::uint32_t kOurs = 0x11111111;    // alpha's sender index
constexpr std::uint32_t kTheirs = 0x22222222;  // beta's

Observed step_of(HostId host, wgt_hs what, std::uint32_t sender, std::uint32_t receiver = 0) {
  Observed step{host, {}};
  wgt_record& r = step.record;
  r.abi = WGT_ABI_VERSION;
  r.kind = WGT_HANDSHAKE;
  r.verdict = static_cast<std::uint8_t>(what);
  r.device = event::to_abi(host == kAlpha ? kDeviceA : kDeviceB);
  r.counter = sender;
  r.receiver_index = receiver;
  r.hop_ns[0] = host == kAlpha ? kStart : on_beta(kStart);
  r.flags = WGT_F_KEY | WGT_F_PEER;
  const wg::PublicKey& peer = host == kAlpha ? kB : kA;
  std::copy(peer.bytes.begin(), peer.bytes.end(), r.peer);
  return step;
}

Observed no_answer() {
  Observed step = step_of(kAlpha, WGT_HS_NO_ANSWER, kOurs);
  step.record.hop_ns[1] = kStart;
  step.record.hop_ns[0] = kStart + 5 * kSecond;
  return step;
}

class HandshakeJoinTest : public ::testing::Test {
 protected:
  HandshakeJoinTest() {
    hosts.add(alpha());
    hosts.add(beta());
  }
  std::optional<HandshakeFate> fate() {
    const auto joined = join.conclude(no_answer());
    if (!joined.other_end) return std::nullopt;
    return joined.other_end->fate;
  }
  Hosts hosts;
  std::optional<HostId> blind;  // saw not everything
  HandshakeJoin join{
      hosts, [this](HostId there, HostId, std::uint64_t, std::uint64_t) { return there != blind; }};
};

TEST_F(HandshakeJoinTest, NeverCameOnlyIfBetaSawAll) {
  EXPECT_EQ(fate(), HandshakeFate::kNeverCame);
  EXPECT_EQ(join.conclude(no_answer()).other_end->host, kBeta);
  blind = kBeta;
  EXPECT_FALSE(fate());
}

TEST_F(HandshakeJoinTest, SaysNothingOfAPeerThatIsNotWatched) {
  Hosts only;
  only.add(alpha());
  const HandshakeJoin alone(only,
                            [](HostId, HostId, std::uint64_t, std::uint64_t) { return true; });
  EXPECT_FALSE(alone.conclude(no_answer()).other_end);
}

TEST_F(HandshakeJoinTest, OurOwnFullQueueRefusedTheAnswer) {
  join.add(step_of(kBeta, WGT_HS_RESPONSE_SENT, 77, kOurs));
  join.add(step_of(kAlpha, WGT_HS_QUEUE_FULL, 77, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kAnswerDropped);
}

TEST_F(HandshakeJoinTest, RefusalsHaveTheirName) {
  for (const wgt_hs what : {WGT_HS_WRONG_RESPONDER_KEY, WGT_HS_UNKNOWN_INITIATOR,
                            WGT_HS_REPLAYED_TIMESTAMP, WGT_HS_FLOOD, WGT_HS_COOKIE_REQUIRED,
                            WGT_HS_RATE_LIMITED, WGT_HS_NO_IDENTITY, WGT_HS_QUEUE_FULL}) {
    HandshakeJoin one(hosts, [](HostId, HostId, std::uint64_t, std::uint64_t) { return true; });
    one.add(step_of(kBeta, what, kOurs));
    const auto other = one.conclude(no_answer()).other_end;
    ASSERT_TRUE(other) << what;
    EXPECT_EQ(other->fate, HandshakeFate::kRefused);
    EXPECT_EQ(other->result, what);
  }
}

TEST_F(HandshakeJoinTest, DropsAreToldWithTheirHostAndReason) {
  Observed drop = step_of(kBeta, WGT_HS_DROPPED_IN, kOurs);
  drop.record.drop_reason = 8;
  join.add(drop);
  const auto other = join.conclude(no_answer()).other_end;
  ASSERT_TRUE(other);
  EXPECT_EQ(other->fate, HandshakeFate::kDroppedArriving);
  EXPECT_EQ(other->host, kBeta);
  EXPECT_EQ(other->reason, 8U);
}

TEST_F(HandshakeJoinTest, OwnStackDroppedIt) {
  join.add(step_of(kAlpha, WGT_HS_DROPPED_OUT, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kDroppedLeaving);
}

TEST_F(HandshakeJoinTest, TheAnswersWay) {
  join.add(step_of(kBeta, WGT_HS_INITIATION_ACCEPTED, kOurs));
  EXPECT_FALSE(fate()) << "it came, and nothing is known of an answer";
  join.add(step_of(kBeta, WGT_HS_RESPONSE_SENT, kTheirs, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kAnswerLost);
  blind = kAlpha;
  EXPECT_FALSE(fate()) << "alpha's own record of it may be lost";
  blind.reset();
  join.add(step_of(kBeta, WGT_HS_DROPPED_OUT, kTheirs, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kAnswerNotLeaving);
}

TEST_F(HandshakeJoinTest, AnswerDroppedOnArrival) {
  join.add(step_of(kBeta, WGT_HS_RESPONSE_SENT, kTheirs, kOurs));
  join.add(step_of(kAlpha, WGT_HS_DROPPED_IN, kTheirs, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kAnswerDropped);
}

TEST_F(HandshakeJoinTest, AnotherPeersSameIndexIsNotIt) {
  event::HostInfo gamma = beta();
  gamma.boot_id = "boot-c";
  gamma.devices[0].public_key = test_key(0xc);
  hosts.add(gamma);
  join.add(step_of(2, WGT_HS_REPLAYED_TIMESTAMP, kOurs));
  EXPECT_EQ(fate(), HandshakeFate::kNeverCame);
}

TEST_F(HandshakeJoinTest, RemembersOnlySoMany) {
  HandshakeJoin two(
      hosts, [](HostId, HostId, std::uint64_t, std::uint64_t) { return false; }, 2);
  two.add(step_of(kBeta, WGT_HS_UNKNOWN_INITIATOR, kOurs));
  EXPECT_TRUE(two.conclude(no_answer()).other_end);
  two.add(step_of(kBeta, WGT_HS_UNKNOWN_INITIATOR, kOurs + 1));
  two.add(step_of(kBeta, WGT_HS_UNKNOWN_INITIATOR, kOurs + 2));
  EXPECT_FALSE(two.conclude(no_answer()).other_end);
}

// In recordings: among the paths by time, whatever the files' order.
TEST_F(RecordedHosts, StepsOfBothEndsAreJoined) {
  Observed sent = step_of(kAlpha, WGT_HS_INITIATION_SENT, kOurs);
  sent.record.hop_ns[0] = kStart;
  Observed refused = step_of(kBeta, WGT_HS_REPLAYED_TIMESTAMP, kOurs);
  refused.record.hop_ns[0] = on_beta(kStart + 20 * kMs);
  write_alpha({no_answer().record, sent.record});
  write_beta({refused.record});
  run();
  EXPECT_TRUE(paths.empty());
  ASSERT_EQ(handshakes.size(), 3U);
  EXPECT_EQ(handshakes[0].step.record.verdict, WGT_HS_INITIATION_SENT);
  EXPECT_EQ(handshakes[1].step.record.verdict, WGT_HS_REPLAYED_TIMESTAMP);
  ASSERT_TRUE(handshakes[2].other_end);
  EXPECT_EQ(handshakes[2].other_end->fate, HandshakeFate::kRefused);
}

TEST_F(RecordedHosts, AnInitiationThatNeverCame) {
  write_alpha({no_answer().record});
  write_beta({});
  run();
  ASSERT_EQ(handshakes.size(), 1U);
  ASSERT_TRUE(handshakes[0].other_end);
  EXPECT_EQ(handshakes[0].other_end->fate, HandshakeFate::kNeverCame);
}

TEST_F(RecordedHosts, WhereBetaLostRecordsNothingNeverCame) {
  write_alpha({no_answer().record});
  write_beta({}, {{on_beta(kStart + kSecond), 1, "ring"}});
  run();
  ASSERT_EQ(handshakes.size(), 1U);
  EXPECT_FALSE(handshakes[0].other_end);
}

}  // namespace
}  // namespace wgt::join
