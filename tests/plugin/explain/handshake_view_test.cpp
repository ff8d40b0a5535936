// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/handshake_view.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "bpf/abi/handshake.h"

namespace wgt::explain {
namespace {

wgt_record step(wgt_hs what) {
  wgt_record record{};
  record.kind = WGT_HANDSHAKE;
  record.verdict = static_cast<std::uint8_t>(what);
  record.device = {.netns = 1, .ifindex = 5};
  record.hop_ns[0] = 9'000'000'000;
  record.flags = WGT_F_PEER;
  record.peer[0] = 1;
  record.drop_reason = 3;
  record.counter = 0xdeadbeef;
  return record;
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

HandshakeView view_of(const wgt_record& record, const event::HostInfo& info = host()) {
  const event::HostInfo hosts[] = {info};
  return build_handshake_view({{0, record}, std::nullopt}, hosts);
}

TEST(HandshakeView, NamesPlaceTimeAndWhat) {
  const HandshakeView view = view_of(step(WGT_HS_INITIATION_SENT));
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
  EXPECT_EQ(view_of(step(WGT_HS_COMPLETED), {}).interface, "ifindex 5");
}

TEST(HandshakeView, TellsErrnoAndRoundTrip) {
  wgt_record record = step(WGT_HS_NOT_LEAVING);
  record.error = -ENETUNREACH;
  const HandshakeView lost = view_of(record);
  EXPECT_TRUE(lost.failed);
  EXPECT_EQ(lost.error, "ENETUNREACH");
  EXPECT_NE(lost.message.find("ENETUNREACH"), std::string::npos);
  record = step(WGT_HS_LATE_RESPONSE);
  record.hop_ns[1] = 3'000'000'000;
  EXPECT_EQ(view_of(record).after_ns, 6'000'000'000);
  record.hop_ns[1] = record.hop_ns[0] + 1;  // clocks do not go back, records may be wrong
  EXPECT_FALSE(view_of(record).after_ns);
}

// Also for what has no peer and came from nowhere that is known.
TEST(HandshakeView, HasWordsForEveryStep) {
  for (unsigned what = 1; what < WGT_HS_COUNT; what++) {
    wgt_record record = step(static_cast<wgt_hs>(what));
    record.error = -EPERM;
    record.hop_ns[1] = 1;
    record.outer.version = 4;
    const HandshakeView view = view_of(record);
    EXPECT_NE(view.message, view.id) << what;
    EXPECT_EQ(view.id.starts_with("hs."), WGT_HS_IS_RESULT(what)) << view.id;
  }
}

TEST(HandshakeView, TellsADropsReasonByName) {
  wgt_record record = step(WGT_HS_DROPPED_IN);
  record.outer.version = 4;
  record.drop_reason = 8;
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
      {{join::HandshakeFate::kNeverCame, 1, key, 0, 0},
       "it had not come to WireGuard on there by then"},
      {{join::HandshakeFate::kDroppedLeaving, 0, key, 0, 8}, "a itself dropped it, reason 8"},
      {{join::HandshakeFate::kDroppedArriving, 1, key, 0, 8},
       "there dropped it on arrival, NETFILTER_DROP"},
      {{join::HandshakeFate::kRefused, 1, key, WGT_HS_REPLAYED_TIMESTAMP, 0},
       "there refused it, hs.replayed_timestamp"},
      {{join::HandshakeFate::kAnswerNotLeaving, 1, key, 0, 0},
       "there answered, but that did not leave it"},
      {{join::HandshakeFate::kAnswerLost, 1, key, 0, 0},
       "there answered, and that was lost on the way back"},
      {{join::HandshakeFate::kAnswerDropped, 0, key, 0, 8},
       "the answer came, and a itself dropped it, reason 8"},
      {{join::HandshakeFate::kAnswerDropped, 0, key, WGT_HS_QUEUE_FULL, 0},
       "the answer came, and a itself dropped it, hs.queue_full"},
  };
  for (const auto& c : kCases) {
    const HandshakeView view = build_handshake_view({{0, step(WGT_HS_NO_ANSWER)}, c.end}, hosts);
    EXPECT_EQ(view.message, std::string("No answer of peer AQAAAAAA… to attempt 3: ") + c.text);
    ASSERT_TRUE(view.other_end);
    EXPECT_EQ(view.other_end->interface, "wg0");
  }
}

}  // namespace
}  // namespace wgt::explain
