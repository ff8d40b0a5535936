// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/view/handshake_view.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "bpf/abi/handshake.h"

namespace wgt::view {
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

decode::HostInfo host() {
  decode::HostInfo info;
  info.hostname = "vm";
  info.wall_minus_mono_ns = 1000;
  decode::DeviceInfo& device = info.devices.emplace_back();
  device.key = {.netns = 1, .ifindex = 5};
  device.netns = "a";
  device.name = "wg0";
  return info;
}

TEST(HandshakeView, NamesPlaceTimeAndWhat) {
  const HandshakeView view = build_handshake_view(step(WGT_HS_INITIATION_SENT), host());
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
  EXPECT_EQ(build_handshake_view(step(WGT_HS_COMPLETED), {}).interface, "ifindex 5");
}

TEST(HandshakeView, TellsErrnoAndRoundTrip) {
  wgt_record record = step(WGT_HS_NOT_LEAVING);
  record.error = -ENETUNREACH;
  const HandshakeView lost = build_handshake_view(record, host());
  EXPECT_TRUE(lost.failed);
  EXPECT_EQ(lost.error, "ENETUNREACH");
  EXPECT_NE(lost.message.find("ENETUNREACH"), std::string::npos);
  record = step(WGT_HS_LATE_RESPONSE);
  record.hop_ns[1] = 3'000'000'000;
  EXPECT_EQ(build_handshake_view(record, host()).after_ns, 6'000'000'000);
  record.hop_ns[1] = record.hop_ns[0] + 1;  // clocks do not go back, records may be wrong
  EXPECT_FALSE(build_handshake_view(record, host()).after_ns);
}

// Also for what has no peer and came from nowhere that is known.
TEST(HandshakeView, HasWordsForEveryStep) {
  for (unsigned what = 1; what < WGT_HS_COUNT; what++) {
    wgt_record record = step(static_cast<wgt_hs>(what));
    record.error = -EPERM;
    record.hop_ns[1] = 1;
    record.outer.version = 4;
    const HandshakeView view = build_handshake_view(record, host());
    EXPECT_NE(view.message, view.id) << what;
    EXPECT_EQ(view.id.starts_with("hs."), what <= WGT_HS_UNDECRYPTABLE) << view.id;
  }
}

}  // namespace
}  // namespace wgt::view
