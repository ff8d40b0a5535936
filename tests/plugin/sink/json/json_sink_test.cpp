// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/json_sink.h"

#include <gtest/gtest.h>

#include "plugin/sink/json/json_values.h"
#include "plugin/sink/json/path_json.h"
#include "tests/plugin/sink/render.h"

namespace wgt::sink {
namespace {

namespace json = boost::json;
using test::Scene;

// As a reader gets it: written, then parsed.
json::object written(const explain::PathView& path) {
  return json::parse(test::render("json", path)).as_object();
}

// The keys of an object, so that a field that is renamed or lost is seen.
std::string keys(const json::value& value) {
  std::string names;
  for (const auto& member : value.as_object()) names += std::string(member.key()) + " ";
  return names;
}

std::string text(const json::value& value) { return std::string(value.as_string()); }

TEST(JsonSink, WritesOneObjectALine) {
  const std::string out = test::render("json", test::delivered().view());
  EXPECT_EQ(out.find('\n'), out.size() - 1);
}

TEST(JsonSink, HasTheFieldsOfTheContract) {
  const json::object path = written(test::delivered().view());
  EXPECT_EQ(keys(path), "schema kind key inner outer tx rx network verdict ");
  EXPECT_EQ(path.at("schema"), 1);
  EXPECT_EQ(path.at("kind"), "path");
  EXPECT_EQ(path.at("key"), (json::object{{"receiver_index", 181171874}, {"counter", 2}}));
  EXPECT_EQ(path.at("inner"), json::parse(R"({"version":4,"proto":"tcp","src":"10.0.0.1",
      "src_port":43922,"dst":"10.0.0.2","dst_port":443,"len":84})"));
  EXPECT_EQ(path.at("outer"), json::parse(R"({"src":"192.0.2.1","src_port":51820,
      "dst":"198.51.100.1","dst_port":51821,"len":156})"));
  EXPECT_EQ(path.at("network"), json::parse(R"({"ns":420000,"error_ns":50000})"));
}

TEST(JsonSink, HasBothSidesOfTheContract) {
  const json::object path = written(test::delivered().view());
  EXPECT_EQ(path.at("tx"), json::parse(R"({"host":"a","netns":null,"interface":"wg0",
      "peer":"hK7gZ1n0vQ3c9T2mWb5yXo8Lr4sDfJpE6uNiAaVtBkM=","complete":true,
      "t0":"2026-11-21T12:03:11.482913007Z",
      "hops":[{"stage":"wg_xmit","ns":0},{"stage":"encrypt","ns":14200},
              {"stage":"udp_tunnel_xmit","ns":17300},{"stage":"outer_out","ns":19500}]})"));
  EXPECT_EQ(path.at("rx"), json::parse(R"({"host":"b","netns":null,"interface":"wg0",
      "peer":"xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=","complete":true,
      "t0":"2026-11-21T12:03:11.482913007Z",
      "outer":{"src":"192.0.2.1","src_port":51820,"dst":"198.51.100.1","dst_port":51821},
      "hops":[{"stage":"wg_receive","ns":0},{"stage":"decrypt","ns":11800},
              {"stage":"replay","ns":12400},{"stage":"allowed_ips","ns":13000},
              {"stage":"delivered","ns":13900}]})"));
}

TEST(JsonSink, HasTheVerdictOfTheContract) {
  const json::value verdict = written(test::delivered().view()).at("verdict");
  EXPECT_EQ(keys(verdict), "id side stage reason function certainty message advice command ");
  EXPECT_EQ(verdict.at("id"), "delivered");
  EXPECT_EQ(verdict.at("side"), "rx");
  EXPECT_EQ(verdict.at("stage"), "delivered");
  EXPECT_TRUE(verdict.at("reason").is_null());
  EXPECT_TRUE(verdict.at("function").is_null());
  EXPECT_EQ(verdict.at("certainty"), "exact");
  EXPECT_FALSE(text(verdict.at("message")).empty());
  EXPECT_TRUE(verdict.at("advice").is_null());
  EXPECT_TRUE(verdict.at("command").is_null());
}

TEST(JsonSink, AdviceEndsWithTheCommand) {
  const json::value verdict = written(test::disallowed_source().view()).at("verdict");
  EXPECT_EQ(verdict.at("id"), "rx.disallowed_source");
  EXPECT_EQ(verdict.at("stage"), "allowed_ips");
  EXPECT_TRUE(text(verdict.at("advice")).ends_with(text(verdict.at("command"))));
}

TEST(JsonSink, ReasonAndFunctionAreTheKernels) {
  Scene scene = test::delivered();
  scene.stack_drop(event::VerdictId::INNER_IN, 1, test::kInAddrErrors, test::kIpError,
                   test::kReceived + 16000);
  const json::value verdict = written(scene.view()).at("verdict");
  EXPECT_EQ(verdict.at("reason"), "IP_INADDRERRORS");
  EXPECT_EQ(verdict.at("function"), "ip_error");
}

TEST(JsonSink, ViaIsThereOnlyWhenAnotherTunnelCarriesIt) {
  EXPECT_FALSE(written(test::delivered().view()).contains("via"));
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kReceiverNotWatched)
      .carried_by_wg1(event::VerdictId::TX_NO_SOCKET);
  const json::object path = written(scene.view());
  ASSERT_EQ(path.at("via").as_array().size(), 1U);
  const json::value& via = path.at("via").at(0);
  EXPECT_EQ(keys(via), "interface netns peer key verdict ");
  EXPECT_EQ(via.at("interface"), "wg1");
  EXPECT_EQ(text(via.at("peer")), wg::to_base64(test::kKeyB));
  EXPECT_EQ(via.at("key").at("counter"), 4);
  EXPECT_EQ(via.at("verdict"), "tx.no_socket");
  EXPECT_EQ(path.at("verdict").at("id"), "tx.no_socket");
}

TEST(JsonSink, SideThatWasNotSeenIsNull) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kReceiverNotWatched);
  json::object path = written(scene.view());
  EXPECT_TRUE(path.at("rx").is_null());
  EXPECT_TRUE(path.at("network").is_null());
  EXPECT_EQ(path.at("verdict").at("certainty"), "unknown");
  EXPECT_TRUE(path.at("verdict").at("side").is_null());
  EXPECT_EQ(path.at("verdict").at("stage"), "outer_out");

  scene = test::delivered();
  scene.path.tx.reset();
  scene.path.network.reset();
  scene.refuse(event::VerdictId::RX_AUTH_FAILED, event::Received::kDecrypt);
  path = written(scene.view());
  EXPECT_TRUE(path.at("tx").is_null());
  EXPECT_TRUE(path.at("inner").is_null()) << "could not be decrypted";
  EXPECT_TRUE(path.at("outer").is_null());
  EXPECT_TRUE(path.at("rx").at("outer").is_object());
}

TEST(JsonSink, KeyOfAPacketThatWasNeverNumberedIsNull) {
  Scene scene = test::delivered();
  scene.fail(event::VerdictId::TX_NO_PEER, event::Sent::kWgXmit, -126);
  scene.tx().peer.reset();
  const json::object path = written(scene.view());
  EXPECT_TRUE(path.at("key").is_null());
  EXPECT_TRUE(path.at("tx").at("peer").is_null());
  EXPECT_EQ(path.at("verdict").at("side"), "tx");
}

TEST(JsonSink, PacketThatDiedBeforeItsFirstStepHasNoHops) {
  Scene scene = test::delivered();
  scene.path.rx.reset();
  scene.stack_drop(event::VerdictId::INNER_OUT, 0, test::kNetfilterDrop, test::kNfHookSlow,
                   test::kSent);
  scene.path.tx.reset();
  const json::object path = written(scene.view());
  EXPECT_EQ(path.at("tx").at("hops"), json::array());
  EXPECT_TRUE(path.at("tx").at("t0").is_string());
  EXPECT_TRUE(path.at("verdict").at("stage").is_null());
}

TEST(JsonSink, IcmpHasNoPorts) {
  Scene scene = test::delivered();
  test::set_inner(scene, test::tx().inner_ping("fd00::1", "fd00::2", 4711, 3));
  EXPECT_EQ(written(scene.view()).at("inner"),
            json::parse(R"({"version":6,"proto":"icmpv6","src":"fd00::1","dst":"fd00::2",
                "icmp_type":128,"icmp_code":0,"icmp_id":4711,"icmp_seq":3,"len":84})"));
}

TEST(JsonSink, OtherProtocolsAreNumbersWithoutPorts) {
  Scene scene = test::delivered();
  test::set_inner(scene, test::tx().inner_udp("10.0.0.1", 0, "10.0.0.2", 0));
  scene.tx().inner.proto = 47;
  scene.tx().inner.len = 0;
  EXPECT_EQ(written(scene.view()).at("inner"),
            json::parse(R"({"version":4,"proto":"47","src":"10.0.0.1","dst":"10.0.0.2",
                "len":null})"));
}

TEST(JsonSink, SegmentsOfASuperPacketAreMarked) {
  Scene scene = test::delivered();
  EXPECT_FALSE(written(scene.view()).at("tx").as_object().contains("gso"));
  scene.tx().gso_segment = 2;
  scene.tx().gso_segments = 5;
  EXPECT_EQ(written(scene.view()).at("tx").at("gso"), json::parse(R"({"segment":2,"of":5})"));
}

TEST(JsonSink, WhatWaitsSaysSinceWhenTheHandshakeIsTried) {
  Scene scene = test::delivered();
  scene.fail(event::VerdictId::TX_WAITING, event::Sent::kWgXmit, 0);
  EXPECT_FALSE(written(scene.view()).at("tx").as_object().contains("tried_since"));
  scene.tx().tried_since_ns = scene.tx().hop_ns[0] - 2'000'000'000;
  const json::object path = written(scene.view());
  EXPECT_TRUE(path.at("tx").at("tried_since").is_string());
  EXPECT_NE(path.at("verdict").at("message").as_string().find("for 3 s"), std::string::npos);
}

TEST(JsonSink, NatIsSeenInTheReceiversOuterPacket) {
  Scene scene = test::delivered();
  scene.rx().outer =
      test::rx().outer_udp("203.0.113.9", 40001, "198.51.100.1", 51821).build().outer;
  scene.hosts[0].devices[0].netns = "a";
  const json::object path = written(scene.view());
  EXPECT_EQ(path.at("outer").at("src"), "192.0.2.1");
  EXPECT_EQ(path.at("rx").at("outer").at("src"), "203.0.113.9");
  EXPECT_EQ(path.at("rx").at("outer").at("src_port"), 40001);
  EXPECT_EQ(path.at("tx").at("netns"), "a");
}

TEST(JsonSink, CounterKeepsAllItsBits) {
  Scene scene = test::delivered();
  scene.tx().key->counter = UINT64_MAX;
  EXPECT_EQ(written(scene.view()).at("key").at("counter").to_number<std::uint64_t>(), UINT64_MAX);
}

TEST(JsonSink, IsValidUtf8WhateverTheNames) {
  Scene scene = test::delivered();
  scene.hosts[0].hostname = "a\xff\n\"";
  EXPECT_EQ(text(written(scene.view()).at("tx").at("host")), "a\xef\xbf\xbd\n\"");
}

TEST(JsonSink, APathThatAmendsSaysWhat) {
  Scene scene = test::delivered();
  EXPECT_FALSE(written(scene.view()).contains("amends"));
  scene.path.amends = join::Ending{event::VerdictId::NETWORK_LOST, join::Basis::kOnlyExplanation};
  EXPECT_EQ(written(scene.view()).at("amends"), "network.lost");
}

TEST(JsonSink, EndsWithASummary) {
  std::ostringstream out;
  JsonSink(out).summary({.paths = 12,
                         .amended = 1,
                         .filtered = 3,
                         .sampled = 7,
                         .lost = 0,
                         .by_verdict = {{"delivered", 12}}});
  EXPECT_EQ(
      json::parse(out.str()),
      json::parse(
          R"({"schema":1,"kind":"summary","paths":12,"amended":1,"filtered":3,"sampled":7,"lost":0,
                "cut":false,"by_verdict":{"delivered":12}})"));
}

// A path is written without a tree: escapes, order and spaces are those of Boost.JSON all the same.
TEST(JsonSink, IsWhatATreeOfItWouldBe) {
  for (const std::string name : {"plain", "\"quoted\" \\ / back", "\b\f\n\r\t\x01\x1f\x7f",
                                 "tür→ \xc2\x9b"
                                 "31m \xe2\x80\xae",
                                 "\xff\xc0\x80 broken \xe2\x82", ""}) {
    explain::PathView path = test::delivered().view();
    path.tx->host = path.tx->interface = name;
    path.rx->netns = name;
    path.verdict.reason = path.verdict.message = name;
    path.verdict.advice = path.verdict.command = name;
    path.verdict.stack = {name, "f"};
    path.tx->gso_segments = 3;
    path.amends = event::VerdictId::NETWORK_LOST;
    const std::string line = test::render("json", path);
    EXPECT_EQ(line, json_line(json::parse(line)));
    EXPECT_EQ(json::parse(line).at("verdict").at("message").as_string(), valid_utf8(name));
  }
  const std::string bare = test::render("json", explain::PathView{});
  EXPECT_EQ(bare, json_line(json::parse(bare)));
}

}  // namespace
}  // namespace wgt::sink
