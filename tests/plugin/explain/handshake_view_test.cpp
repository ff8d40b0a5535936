// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/handshake_view.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/event_builder.h"

namespace wgt::explain {
namespace {

using event::Hs;

event::HandshakeStep step(Hs what) {
  wg::PublicKey peer;
  peer.bytes[0] = 1;
  auto step = test::step(what).device(1, 5).peer(peer).at(9'000'000'000);
  step->attempts = 3;
  step->sender_index = 0xdeadbeef;
  return step;
}

event::HostInfo host() {
  event::HostInfo info;
  info.hostname = "vm";
  info.wall_minus_mono_ns = 1000;
  event::DeviceInfo& device = info.devices.emplace_back();
  device.key = {.netns = 1, .ifindex = 5};
  device.netns = "a";
  device.name = "wg0";
  return info;
}

HandshakeView view_of(const event::HandshakeStep& record, const event::HostInfo& info = host()) {
  const event::HostInfo hosts[] = {info};
  return build_handshake_view({{0, record}, std::nullopt}, hosts);
}

TEST(HandshakeView, NamesPlaceTimeAndWhat) {
  const HandshakeView view = view_of(step(Hs::INITIATION_SENT));
  EXPECT_EQ(view.id, "initiation_sent");
  EXPECT_FALSE(view.failed);
  EXPECT_EQ(view.netns, "a");
  EXPECT_EQ(view.interface, "wg0");
  EXPECT_EQ(view.wall_ns, 9'000'001'000);
  EXPECT_EQ(view.sender_index, 0xdeadbeefU);
  EXPECT_EQ(view.message, "Sent initiation 3 to peer AQAAAAAA…");
  EXPECT_FALSE(view.after_ns);
  EXPECT_FALSE(view.outer);
}

TEST(HandshakeView, OfAnUnknownDevice) {
  EXPECT_EQ(view_of(step(Hs::COMPLETED), {}).interface, "ifindex 5");
}

TEST(HandshakeView, TellsErrnoAndRoundTrip) {
  event::HandshakeStep record = step(Hs::NOT_LEAVING);
  record.error = -ENETUNREACH;
  const HandshakeView lost = view_of(record);
  EXPECT_TRUE(lost.failed);
  EXPECT_EQ(lost.error, "ENETUNREACH");
  EXPECT_NE(lost.message.find("ENETUNREACH"), std::string::npos);
  record = step(Hs::LATE_RESPONSE);
  record.initiated_ns = 3'000'000'000;
  EXPECT_EQ(view_of(record).after_ns, 6'000'000'000);
  record.initiated_ns = record.at_ns + 1;  // clocks do not go back, records may be wrong
  EXPECT_FALSE(view_of(record).after_ns);
}

// Also for what has no peer and came from nowhere that is known.
TEST(HandshakeView, HasWordsForEveryStep) {
  for (std::uint8_t what = 1; what < event::kHsCount; what++) {
    event::HandshakeStep record = step(Hs{what});
    record.error = -EPERM;
    record.initiated_ns = 1;
    record.outer.src.version = 4;
    const HandshakeView view = view_of(record);
    EXPECT_NE(view.message, view.id) << int{what};
    EXPECT_EQ(view.id.starts_with("hs."), event::is_result(Hs{what})) << view.id;
  }
}

TEST(HandshakeView, TellsADropsReasonByName) {
  event::HandshakeStep record = step(Hs::DROPPED_IN);
  record.outer.src.version = 4;
  record.reason = 8;
  record.attempts = 0;
  event::HostInfo info = host();
  info.drop_reasons[8] = "NETFILTER_DROP";
  const HandshakeView view = view_of(record, info);
  EXPECT_EQ(view.reason, "NETFILTER_DROP");
  EXPECT_EQ(view.attempts, 0U);
  EXPECT_TRUE(view.failed);
  EXPECT_EQ(view.message, "Dropped a handshake message of 0.0.0.0 on arrival: NETFILTER_DROP");
}

TEST(HandshakeView, TellsWhatTheOtherEndSaw) {
  event::HostInfo there = host();
  there.hostname = "there";
  there.devices[0].netns.reset();
  there.drop_reasons[8] = "NETFILTER_DROP";
  const event::HostInfo hosts[] = {host(), there};
  const event::DeviceKey key = there.devices[0].key;
  const struct {
    join::JoinedHandshake::OtherEnd end;
    const char* text;
  } kCases[] = {
      {{join::HandshakeFate::kNeverCame, 1, key, Hs::NONE, 0},
       "it had not come to WireGuard on there by then"},
      {{join::HandshakeFate::kDroppedLeaving, 0, key, Hs::NONE, 8},
       "a itself dropped it, reason 8"},
      {{join::HandshakeFate::kDroppedArriving, 1, key, Hs::NONE, 8},
       "there dropped it on arrival, NETFILTER_DROP"},
      {{join::HandshakeFate::kRefused, 1, key, Hs::REPLAYED_TIMESTAMP, 0},
       "there refused it, hs.replayed_timestamp"},
      {{join::HandshakeFate::kAnswerNotLeaving, 1, key, Hs::NONE, 0},
       "there answered, but that did not leave it"},
      {{join::HandshakeFate::kAnswerLost, 1, key, Hs::NONE, 0},
       "there answered, and that was lost on the way back"},
      {{join::HandshakeFate::kAnswerDropped, 0, key, Hs::NONE, 8},
       "the answer came, and a itself dropped it, reason 8"},
      {{join::HandshakeFate::kAnswerDropped, 0, key, Hs::QUEUE_FULL, 0},
       "the answer came, and a itself dropped it, hs.queue_full"},
  };
  for (const auto& c : kCases) {
    const HandshakeView view = build_handshake_view({{0, step(Hs::NO_ANSWER)}, c.end}, hosts);
    EXPECT_EQ(view.message, std::string("No answer of peer AQAAAAAA… to attempt 3: ") + c.text);
    ASSERT_TRUE(view.other_end);
    EXPECT_EQ(view.other_end->interface, "wg0");
  }
}

}  // namespace
}  // namespace wgt::explain
