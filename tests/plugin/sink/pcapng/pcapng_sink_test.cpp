// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/pcapng_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "plugin/sink/json/json_sink.h"
#include "tests/plugin/sink/pcapng/read_back.h"
#include "tests/support/view_builder.h"

namespace wgt::sink {
namespace {

using test::Capture;
using test::Scene;
using ::testing::ElementsAre;

Capture capture(std::initializer_list<explain::PathView> paths) {
  std::ostringstream out;
  PcapngSink sink(out);
  for (const explain::PathView& path : paths) sink.path(path);
  return test::read_back(out.str());
}

constexpr std::int64_t kStart = 1'795'262'591'482'913'007;

TEST(PcapngSink, HasAPacketAtEachPlaceOnOneClock) {
  const Capture file = capture({test::delivered().view()});
  EXPECT_THAT(file.places(), ElementsAre("a:wg0", "a:wg0:outer", "b:wg0:outer", "b:wg0"));
  EXPECT_EQ(file.packets[0].wall_ns, kStart);
  EXPECT_EQ(file.packets[1].wall_ns, kStart + 19500);
  EXPECT_EQ(file.packets[2].wall_ns, kStart + 19500 + 420000);
  EXPECT_EQ(file.packets[3].wall_ns, kStart + 19500 + 420000 + 13900);
  for (std::size_t i = 0; i < 4; i++) EXPECT_EQ(file.packets[i].direction(), i < 2 ? 2U : 1U);
  EXPECT_EQ(file.packets[0].length, 14U + 84U);
  EXPECT_EQ(file.packets[1].length, 14U + 156U);
  // the same packet, by the same number
  for (const auto& packet : file.packets)
    EXPECT_EQ(packet.options.at(5), file.packets[0].options.at(5));
}

TEST(PcapngSink, EndsWhereThePacketDied) {
  Scene unsent = test::delivered();
  unsent.fail(event::VerdictId::TX_NO_PEER, event::Sent::kWgXmit);
  Capture file = capture({unsent.view()});
  EXPECT_THAT(file.places(), ElementsAre("a:wg0"));
  EXPECT_TRUE(file.packets[0].comment().starts_with("DROPPED tx.no_peer"));
  EXPECT_FALSE(file.packets[0].options.contains(5));

  unsent.fail(event::VerdictId::TX_WAITING, event::Sent::kWgXmit);
  EXPECT_TRUE(capture({unsent.view()}).packets[0].comment().starts_with("tx.waiting"));

  Scene forged = test::delivered();
  forged.refuse(event::VerdictId::RX_AUTH_FAILED, event::Received::kWgReceive);
  file = capture({forged.view()});
  EXPECT_THAT(file.places(), ElementsAre("a:wg0", "a:wg0:outer", "b:wg0:outer"));
  EXPECT_TRUE(file.packets[1].comment().starts_with("dropped later: rx.auth_failed"));
  EXPECT_TRUE(file.packets[2].comment().starts_with("DROPPED rx.auth_failed"));

  file = capture({test::disallowed_source().view()});
  EXPECT_THAT(file.places(), ElementsAre("a:wg0", "a:wg0:outer", "b:wg0:outer", "b:wg0"));
  EXPECT_TRUE(file.packets[3].comment().starts_with("DROPPED rx.disallowed_source"));
}

TEST(PcapngSink, TellsOnlyWhatIsNewOfAnAmendedPath) {
  explain::PathView late = test::delivered().view();
  late.amends = event::VerdictId::NETWORK_LOST;
  EXPECT_THAT(capture({late}).places(), ElementsAre("b:wg0:outer", "b:wg0"));
  late.amends = event::VerdictId::TX_STAGED_PURGED;
  EXPECT_THAT(capture({late}).places(), ElementsAre("a:wg0:outer", "b:wg0:outer", "b:wg0"));
  // it ended otherwise, but at the same place
  explain::PathView same = test::disallowed_source().view();
  same.amends = event::VerdictId::DELIVERED;
  EXPECT_THAT(capture({same}).places(), ElementsAre("b:wg0"));
}

TEST(PcapngSink, KeepsNamespacesApart) {
  Scene scene = test::delivered();
  scene.hosts[0].devices[0].netns = "red";
  EXPECT_THAT(capture({scene.view()}).places(),
              ElementsAre("a/red:wg0", "a/red:wg0:outer", "b:wg0:outer", "b:wg0"));
}

TEST(PcapngSink, CallsNoPlaceByWhatSteersATerminal) {
  Scene scene = test::delivered();
  scene.hosts[0].hostname = "a\x1b[2J\n";
  for (const auto& place : capture({scene.view()}).interfaces)
    EXPECT_EQ(place.at(2).find_first_of("\x1b\n"), std::string::npos);
}

TEST(PcapngSink, HasNoMorePlacesThanItCanHold) {
  std::ostringstream out;
  PcapngSink sink(out);
  Scene scene = test::delivered();
  for (int i = 0; i < 3000; i++) {
    scene.hosts[0].hostname = "host" + std::to_string(i);
    sink.path(scene.view());
  }
  const Capture file = test::read_back(out.str());
  EXPECT_EQ(file.interfaces.size(), 4096U);
  EXPECT_EQ(file.packets.size(), 12000U);
  EXPECT_EQ(file.interfaces.back().at(2), "other places");
}

TEST(PcapngSink, SaysWhatWasLost) {
  std::ostringstream out;
  PcapngSink sink(out);
  ::testing::internal::CaptureStderr();
  sink.path(test::delivered().view());
  explain::PathView nothing;
  nothing.verdict.message = "nobody watched";
  sink.path(nothing);
  sink.summary({.paths = 2, .lost = 7, .by_verdict = {{"delivered", 1}, {"unknown", 1}}});
  const std::string said = ::testing::internal::GetCapturedStderr();
  const Capture file = test::read_back(out.str());
  EXPECT_EQ(file.packets.size(), 4U);
  EXPECT_EQ(test::number_at<std::uint64_t>(file.statistics.at(0).at(7), 0), 7U);
  EXPECT_NE(said.find("7 lost"), std::string::npos) << said;
  EXPECT_NE(said.find("1 of them without a packet"), std::string::npos) << said;
}

TEST(PcapngSink, HasTheMessagesOfHandshakes) {
  std::ostringstream out;
  PcapngSink sink(out);
  explain::HandshakeView view;
  view.id = "hs.completed";
  view.message = "a new session";
  view.host = "a";
  view.interface = "wg0";
  view.wall_ns = kStart;
  sink.handshake(view);  // no message came
  view.outer = test::tuple_of(IPPROTO_UDP, "192.0.2.1", 51820, "198.51.100.1", 51821);
  sink.handshake(view);
  const Capture file = test::read_back(out.str());
  EXPECT_THAT(file.places(), ElementsAre("a:wg0:outer"));
  EXPECT_EQ(file.packets[0].comment(), "hs.completed: a new session");
}

// Paths of every kind for the programs that they are for, and their JSON: see tools_test. Both
// hosts have one clock here, so that JSON's own times are those of the file.
TEST(PcapngSink, IsWrittenForOtherPrograms) {
  const char* base = std::getenv("WGT_PCAPNG_FILE");
  if (base == nullptr) GTEST_SKIP() << "only for tools_test";
  std::ofstream pcapng(std::string(base) + ".pcapng", std::ios::binary);
  std::ofstream json(std::string(base) + ".json");
  PcapngSink packets(pcapng);
  JsonSink objects(json);
  const auto write = [&](Scene scene) {
    scene.hosts[1].wall_minus_mono_ns += 19500 + 420000;
    packets.path(scene.view());
    objects.path(scene.view());
  };
  std::vector<event::Sent> inside{test::tx().inner_tcp("10.0.0.1", 43922, "10.0.0.2", 443, 0x12),
                                  test::tx().inner_udp("10.0.0.1", 5000, "10.0.0.2", 5001),
                                  test::tx().inner_udp("fd00::1", 5000, "fd00::2", 5001),
                                  test::tx().inner_ping("10.0.0.1", "10.0.0.2", 4660, 7),
                                  test::tx().inner_ping("fd00::1", "fd00::2", 4660, 8)};
  inside.push_back(inside[3]);
  inside.back().inner.icmp_type = 3;
  inside.back().inner.icmp_code = 1;
  inside.push_back(inside[0]);
  inside.back().inner.proto = 47;
  inside.back().inner.src_port = inside.back().inner.dst_port = 0;
  inside[1].inner.tos = 0xb8;
  inside[2].inner.ttl = 3;
  for (const event::Sent& packet : inside)
    for (const bool v6 : {false, true}) {
      Scene scene = test::delivered();
      set_inner(scene, packet);
      if (v6)
        set_outer(scene, test::tx().outer_udp("2001:db8::1", 51820, "2001:db8::2", 51821).build());
      scene.tx().outer.len = scene.rx().outer.len = 156;
      write(scene);
    }
  Scene unsent = test::delivered();
  write(unsent.fail(event::VerdictId::TX_NO_PEER, event::Sent::kWgXmit));
  write(test::disallowed_source());
  Scene forged = test::delivered();
  write(forged.refuse(event::VerdictId::RX_AUTH_FAILED, event::Received::kWgReceive));
  write(
      test::delivered().sender_only(join::Basis::kOnlyExplanation, event::VerdictId::NETWORK_LOST));
  Scene named = test::disallowed_source();
  named.hosts[0].hostname = "a\x1b[2J\",";
  named.hosts[0].devices[0].netns = "röd, \"1\"";
  write(named);
  EXPECT_TRUE(pcapng.good() && json.good());
}

}  // namespace
}  // namespace wgt::sink
