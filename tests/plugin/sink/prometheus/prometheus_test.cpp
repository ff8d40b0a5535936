// SPDX-License-Identifier: GPL-2.0-only
// `promtool check metrics` reads what this prints when it runs with a file name (prometheus_check).
#include "plugin/sink/prometheus/prometheus.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace wgt::sink {
namespace {

health::InterfaceReport report() {
  health::PeerReport peer;
  peer.peer.public_key.bytes[0] = 1;
  peer.peer.tx_bytes = 148;
  peer.peer.rx_bytes = 92;
  peer.peer.last_handshake_unix_s = 1'700'000'000;
  peer.status = health::Status::kDead;
  peer.drops = {{.verdict = event::VerdictId::RX_REPLAY, .reason = "duplicate", .count = 2},
                {.verdict = event::VerdictId::RX_REPLAY, .reason = "too_old", .count = 3}};
  peer.handshake_counts[event::Hs::COMPLETED] = 4;
  peer.endpoint_changes = 1;
  peer.network_loss = health::Loss{.expected = 1000, .lost = 12};
  peer.rtt_ns = 39'000'000;
  peer.tx.samples = 3;
  peer.tx.histogram[4] = 2;   // below 8192 ns
  peer.tx.histogram[23] = 1;  // the open end
  peer.findings = {{"hs.no_answer", health::Severity::kError, "…"},
                   {"inner_in", health::Severity::kInfo, "…"},
                   {"inner_in", health::Severity::kWarning, "…"}};
  health::InterfaceReport r;
  r.name = "wg0";
  r.netns = "a \"b\"\\";
  r.peers = {peer};
  r.drops = {{.verdict = event::VerdictId::TX_NO_PEER, .count = 7}};
  return r;
}

std::string text() {
  std::ostringstream out;
  const health::InterfaceReport r = report();
  prometheus(out, {&r, 1}, {{"drops", 0}, {"ring", 5}});
  return out.str();
}

testing::AssertionResult has(const std::string& line) {
  if (("\n" + text()).find("\n" + line + "\n") != std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no line " << line << " in\n" << text();
}

constexpr const char* kKey = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
std::string labels(const std::string& more = "") {
  return "{interface=\"wg0\",netns=\"a \\\"b\\\"\\\\\",public_key=\"" + std::string(kKey) + "\"" +
         more + "} ";
}

TEST(Prometheus, KeepsTheNamesThatOperatorsGraph) {
  EXPECT_TRUE(has("wireguard_sent_bytes_total" + labels() + "148"));
  EXPECT_TRUE(has("wireguard_received_bytes_total" + labels() + "92"));
  EXPECT_TRUE(has("wireguard_latest_handshake_seconds" + labels() + "1700000000"));
}

TEST(Prometheus, HasOneSampleForEachVerdict) {
  EXPECT_TRUE(has("wgtrace_drops_total" + labels(",verdict=\"rx.replay\"") + "5"));
  EXPECT_TRUE(
      has("wgtrace_drops_total{interface=\"wg0\",netns=\"a \\\"b\\\"\\\\\",public_key=\"\","
          "verdict=\"tx.no_peer\"} 7"));
}

TEST(Prometheus, HasEveryStatusAndOneThatHolds) {
  EXPECT_TRUE(has("wgtrace_peer_status" + labels(",status=\"dead\"") + "1"));
  EXPECT_TRUE(has("wgtrace_peer_status" + labels(",status=\"idle\"") + "0"));
}

TEST(Prometheus, TellsAFindingOnceWithItsWorstSeverity) {
  EXPECT_TRUE(has("wgtrace_finding" + labels(",id=\"inner_in\",severity=\"warning\"") + "1"));
  EXPECT_FALSE(has("wgtrace_finding" + labels(",id=\"inner_in\",severity=\"info\"") + "1"));
}

TEST(Prometheus, HistogramIsCumulative) {
  EXPECT_TRUE(has("wgtrace_stage_latency_seconds_bucket" +
                  labels(",direction=\"tx\",le=\"8.192e-06\"") + "2"));
  EXPECT_TRUE(
      has("wgtrace_stage_latency_seconds_bucket" + labels(",direction=\"tx\",le=\"+Inf\"") + "3"));
  EXPECT_TRUE(has("wgtrace_stage_latency_seconds_count" + labels(",direction=\"tx\"") + "3"));
}

TEST(Prometheus, TellsLosses) {
  EXPECT_TRUE(has("wgtrace_records_lost_total{cause=\"ring\"} 5"));
  EXPECT_TRUE(has("wgtrace_network_window_lost_packets" + labels() + "12"));
}

TEST(Prometheus, IsWrittenForPromtool) {
  const char* file = std::getenv("WGT_METRICS_FILE");
  if (file == nullptr) GTEST_SKIP() << "only for prometheus_check";
  std::ofstream out(file);
  out << text();
  EXPECT_TRUE(out.good());
}

}  // namespace
}  // namespace wgt::sink
