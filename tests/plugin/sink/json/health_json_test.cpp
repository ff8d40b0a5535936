// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/health_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "tests/plugin/sink/health_scene.h"

namespace wgt::sink {
namespace {

namespace json = boost::json;

std::vector<json::object> lines(const health::InterfaceReport& report) {
  std::ostringstream out;
  health_json(out, report);
  std::vector<json::object> objects;
  std::istringstream text(out.str());
  for (std::string line; std::getline(text, line);)
    objects.push_back(json::parse(line).as_object());
  return objects;
}

TEST(HealthJson, IsALineForTheInterfaceAndOneForEachPeer) {
  const auto objects = lines(test::health_report());
  ASSERT_EQ(objects.size(), 3U);
  EXPECT_EQ(objects[0].at("kind"), "interface_health");
  EXPECT_EQ(objects[0].at("peers"), 2);
  EXPECT_EQ(objects[0].at("findings").at(0).at("id"), "hs.junk");
  EXPECT_EQ(objects[1].at("kind"), "peer_health");
  EXPECT_EQ(objects[1].at("public_key").as_string(), wg::to_base64(test::kKeyB));
  EXPECT_EQ(objects[2].at("status"), "idle");
}

TEST(HealthJson, APeerHasEveryFieldThatIsPromised) {
  const json::object peer = lines(test::health_report())[1];
  std::string names;
  for (const auto& field : peer) names += std::string(field.key()) + " ";
  EXPECT_EQ(names,
            "schema kind interface netns public_key endpoint allowed_ips status since handshake tx "
            "rx endpoint_changes findings ");
  EXPECT_EQ(json::serialize(peer.at("handshake")),
            R"({"age_s":130,"attempts":3,"last_result":"hs.psk_mismatch","round_trip_ns":null})");
  EXPECT_EQ(json::serialize(peer.at("tx").at("drops")), R"({"outer_out":3})");
  EXPECT_EQ(json::serialize(peer.at("rx").at("drops")), R"({"rx.replay":3})");
  EXPECT_EQ(peer.at("rx").at("session_packets"), 137);
  EXPECT_EQ(json::serialize(peer.at("rx").at("network_loss")), R"({"expected":1000,"lost":12})");
}

TEST(HealthJson, WhatIsNotKnownIsNull) {
  const json::object peer = lines(test::health_report())[2];
  EXPECT_TRUE(peer.at("endpoint").is_null());
  EXPECT_TRUE(peer.at("since").is_null());
  EXPECT_TRUE(peer.at("rx").at("network_loss").is_null());
  EXPECT_TRUE(peer.at("tx").at("session_packets").is_null());
}

TEST(HealthJson, AFindingHasItsEvidenceAndACompleteCommand) {
  const json::object finding = lines(test::health_report())[1].at("findings").at(0).as_object();
  EXPECT_EQ(finding.at("severity"), "error");
  EXPECT_EQ(json::serialize(finding.at("evidence")), R"({"answers_refused":4,"reason":"none"})");
  EXPECT_EQ(finding.at("command"), "wg set wg0 peer KEY preshared-key FILE");
  EXPECT_EQ(finding.at("advice"),
            "Give both ends the same preshared key. Run: wg set wg0 peer KEY preshared-key FILE");
  const json::object other = lines(test::health_report())[0].at("findings").at(0).as_object();
  EXPECT_TRUE(other.at("advice").is_null());
  EXPECT_TRUE(other.at("command").is_null());
}

TEST(HealthJson, ARoamedEndpointSaysBetweenWhenAndByWhat) {
  const json::array changes = lines(test::health_report())[1].at("endpoint_changes").as_array();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].at("by"), "data_or_configuration");
  EXPECT_EQ(changes[0].at("from"), "192.0.2.1:1");
  EXPECT_NE(changes[0].at("not_before"), changes[0].at("not_after"));
  EXPECT_EQ(changes[1].at("by"), "hs.completed");
  EXPECT_EQ(changes[1].at("not_before"), changes[1].at("not_after")) << "exactly then";
  EXPECT_TRUE(changes[1].at("to").is_null());
}

TEST(HealthJson, NamesThatAreNoUtf8DoNotBreakTheLine) {
  health::InterfaceReport report = test::health_report();
  report.name = "wg\xff\n";
  report.peers[0].findings[0].message = "\xc3(";
  EXPECT_EQ(lines(report).size(), 3U);
}

TEST(CheckJson, IsOneLine) {
  std::ostringstream out;
  check_json(out, {.interface = "wg0", .fine = {"a"}, .findings = {test::dead_finding()}});
  const json::object check = json::parse(out.str()).as_object();
  EXPECT_EQ(check.at("kind"), "check");
  EXPECT_TRUE(check.at("netns").is_null());
  EXPECT_EQ(json::serialize(check.at("fine")), R"(["a"])");
  EXPECT_EQ(check.at("findings").at(0).at("id"), "hs.psk_mismatch");
}

}  // namespace
}  // namespace wgt::sink
