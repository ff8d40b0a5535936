// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/line_sink.h"

#include <gtest/gtest.h>

#include "plugin/explain/reason_name.h"
#include "tests/plugin/sink/render.h"

namespace wgt::sink {
namespace {

using test::Scene;

std::string line(const Scene& scene) {
  const explain::PathView path = scene.view();
  const std::string text = test::render("line", path);
  test::expect_narrow(text, path);
  return text;
}

TEST(LineSink, DeliveredPacketTellsHowLongItTook) {
  EXPECT_EQ(line(test::delivered()),
            "12:03:11.482 ✓ tcp  10.0.0.1:43922→10.0.0.2:443 a→b 453.4 µs delivered\n");
}

TEST(LineSink, DropTellsWhy) {
  EXPECT_EQ(line(test::disallowed_source()),
            "12:03:11.482 ✗ tcp  10.0.0.1:43922→10.0.0.2:443 a→b rx.disallowed_source\n");
  Scene scene = test::delivered();
  scene.stack_drop(event::VerdictId::INNER_IN, 1, test::kInAddrErrors, test::kIpError,
                   test::kReceived + 16000);
  EXPECT_EQ(line(scene),
            "12:03:11.482 ✗ tcp  10.0.0.1:43922→10.0.0.2:443 a→b inner_in IP_INADDRERRORS\n");
}

TEST(LineSink, NamesTheTunnelThatCarriesIt) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kReceiverNotWatched)
      .carried_by_wg1(event::VerdictId::TX_NO_SOCKET);
  EXPECT_EQ(line(scene),
            "12:03:11.482 ✗ tcp  10.0.0.1:43922→10.0.0.2:443 a→? tx.no_socket via wg1\n");
}

TEST(LineSink, EndThatWasNotSeenIsAQuestionMark) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kRecordsLost);
  EXPECT_EQ(line(scene),
            "12:03:11.482 ? tcp  10.0.0.1:43922→10.0.0.2:443 a→? unknown records_lost\n");
  scene = test::delivered();
  scene.path.tx.reset();
  scene.path.network.reset();
  EXPECT_EQ(line(scene),
            "12:03:11.482 ✓ tcp  10.0.0.1:43922→10.0.0.2:443 ?→b  13.9 µs delivered\n");
}

TEST(LineSink, KeepaliveHasNoInnerPacket) {
  Scene scene = test::delivered();
  scene.tx().inner = scene.rx().inner = {};
  scene.tx().hop_ns[event::Sent::kWgXmit] = 0;
  scene.refuse(event::VerdictId::KEEPALIVE, event::Received::kReplay);
  EXPECT_EQ(line(scene),
            "12:03:11.482 ✓ keepalive                        a→b 437.7 µs keepalive\n");
}

TEST(LineSink, PingHasItsIdAndNumber) {
  Scene scene = test::delivered();
  test::set_inner(scene, test::tx().inner_ping("10.9.0.1", "10.9.0.2", 4711, 3));
  EXPECT_EQ(line(scene),
            "12:03:11.482 ✓ icmp 10.9.0.1→10.9.0.2 echo 4711/3 a→b 453.4 µs delivered\n");
}

TEST(LineSink, WidestIpv4PacketStillFitsWithEveryVerdict) {
  for (unsigned i = 0; i < event::kVerdicts; i++) {
    Scene scene = test::delivered();
    scene.hosts[0].hostname = "a-host-with-quite-a-long-name.example.org";
    test::set_inner(scene,
                    test::tx().inner_tcp("255.255.255.255", 65535, "255.255.255.255", 65535));
    scene.path.verdict = event::known_verdict(i);
    EXPECT_NE(line(scene).find(event::verdict_id(event::known_verdict(i))), std::string::npos);
  }
}

TEST(LineSink, EndsAreNamedByNamespaceElseByHostWithoutItsDomain) {
  Scene scene = test::delivered();
  scene.hosts[0].hostname = "web1.example.org";
  scene.hosts[1].devices[0].netns = "blue";
  EXPECT_EQ(line(scene),
            "12:03:11.482 ✓ tcp  10.0.0.1:43922→10.0.0.2:443 web1→blue 453.4 µs delivered\n");
}

TEST(LineSink, ReasonIsCutBeforeAnythingElseGoes) {
  Scene scene = test::delivered();
  scene.stack_drop(event::VerdictId::INNER_IN, 1, test::kInAddrErrors, test::kIpError,
                   test::kReceived + 16000);
  test::set_inner(scene, test::tx().inner_tcp("172.16.100.100", 43922, "192.168.100.100", 443));
  EXPECT_EQ(line(scene),
            "12:03:11.482 ✗ tcp 172.16.100.100:43922→192.168.100.100:443 a→b inner_in IP_INA…\n");
}

TEST(LineSink, AnAmendmentSaysWhatWasTold) {
  Scene scene = test::delivered();
  scene.path.amends = join::Ending{event::VerdictId::NETWORK_LOST, join::Basis::kOnlyExplanation};
  EXPECT_EQ(line(scene),
            "12:03:11.482 ✓ tcp 10.0.0.1:43922→10.0.0.2:443 a→b delivered, was network.lost\n");
}

TEST(LineSink, ColumnsStayAligned) {
  std::ostringstream out;
  LineSink writer(out, test::kUtf8);
  Scene wide = test::delivered();
  test::set_inner(wide, test::tx().inner_tcp("192.168.1.1", 43922, "192.168.1.2", 443));
  writer.path(wide.view());
  writer.path(test::delivered().view());
  writer.path(test::disallowed_source().view());
  EXPECT_EQ(out.str(),
            "12:03:11.482 ✓ tcp  192.168.1.1:43922→192.168.1.2:443 a→b 453.4 µs delivered\n"
            "12:03:11.482 ✓ tcp  10.0.0.1:43922→10.0.0.2:443       a→b 453.4 µs delivered\n"
            "12:03:11.482 ✗ tcp  10.0.0.1:43922→10.0.0.2:443       a→b rx.disallowed_source\n");
}

TEST(LineSink, LosesNothingOfTwoLongIpv6Addresses) {
  Scene scene = test::delivered();
  test::set_inner(scene, test::tx().inner_tcp("fd09:1234:5678:9abc:def0:1234:5678:9abc", 43922,
                                              "fd09:1234:5678:9abc:def0:1234:5678:9abd", 443));
  EXPECT_EQ(test::render("line", scene.view()),
            "12:03:11.482 ✓ tcp [fd09:1234:5678:9abc:def0:1234:5678:9abc]:43922→"
            "[fd09:1234:5678:9abc:def0:1234:5678:9abd]:443 a→b 453.4 µs delivered\n");
}

}  // namespace
}  // namespace wgt::sink
