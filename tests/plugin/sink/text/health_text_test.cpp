// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/health_text.h"

#include <gtest/gtest.h>

#include "tests/plugin/sink/health_scene.h"
#include "tests/plugin/sink/render.h"

namespace wgt::sink {
namespace {

std::string health(const health::InterfaceReport& report, const TextStyle& style = test::kUtf8) {
  std::ostringstream out;
  health_text(out, report, style);
  return "\n" + out.str();
}

// Commands are in one piece, to be pasted.
void expect_narrow(const std::string& text, std::string_view command) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(line == command || columns(line) <= 80U) << line;
}

TEST(HealthText, HasTheWholeOfASickPeerAndALineOfAHealthyOne) {
  EXPECT_EQ(health(test::health_report()), R"(
interface: wg0 (netns red)
  peers: 1 dead, 1 idle
  hs.junk Initiations came that are for no public key.

peer: hK7gZ1n0vQ3c9T2mWb5yXo8Lr4sDfJpE6uNiAaVtBkM=
  status: dead, latest handshake 2 minutes, 10 seconds ago, 3 attempts since
  endpoint: 198.51.100.1:51821
  transfer: 1.21 KiB received, 148 B sent
  not received: 12 of the last 1000 packets of this session
  hs.psk_mismatch 198.51.100.1:51821 answers, but its answers cannot be
    decrypted: the preshared keys of the two ends differ.
    evidence: answers_refused 4, reason none
    what to do: Give both ends the same preshared key.
wg set wg0 peer KEY preshared-key FILE

peer: xTIBA5rb… idle   latest handshake 41 seconds ago
)");
}

TEST(HealthText, FitsTheScreenWhateverIsLong) {
  health::InterfaceReport report = test::health_report();
  health::Finding& finding = report.peers[0].findings[0];
  finding.message = std::string(300, 'x') + " and " + std::string(40, 'y');
  for (int i = 0; i < 20; i++)
    finding.evidence.emplace_back("number" + std::to_string(i), std::int64_t{1} << 60);
  finding.advice = finding.message;
  finding.command = "echo " + std::string(200, 'z');
  expect_narrow(health(report), *finding.command);
  expect_narrow(health(report, test::kAscii), *finding.command);
}

TEST(HealthText, ShowsNoControlCharactersOfAnybody) {
  health::InterfaceReport report = test::health_report();
  report.name = report.netns.emplace("a\x1b[2J\r\n");
  health::Finding& finding = report.peers[0].findings[0];
  finding.message = finding.advice.emplace("b\x1b[31m\x07");
  finding.command = "c\x1b]0;x\n";
  finding.evidence = {{"name", std::string("d\x1b[1A")}};
  for (const char c : health(report))
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= ' ') << static_cast<int>(c);
}

TEST(HealthText, OfManyHealthyPeersSaysHowManyMore) {
  health::InterfaceReport report = test::health_report();
  report.peers.erase(report.peers.begin());
  report.peers.resize(20, report.peers[0]);
  const std::string text = health(report);
  EXPECT_NE(text.find("and 8 more peers that are fine\n"), std::string::npos) << text;
  report.peers.clear();
  EXPECT_NE(health(report).find("  peers: (none)\n"), std::string::npos);
}

TEST(CheckText, SaysWhatIsWrongThenWhatIsFine) {
  std::ostringstream out;
  check_text(out,
             {.interface = "wg0",
              .netns = "red",
              .fine = {"full packets fit the first link (MTU 1420)"},
              .findings = {test::dead_finding()}},
             test::kAscii);
  const std::string text = out.str();
  EXPECT_TRUE(text.starts_with("interface: wg0 (netns red)\n  hs.psk_mismatch 198.")) << text;
  EXPECT_TRUE(
      text.ends_with("wg set wg0 peer KEY preshared-key FILE\n"
                     "  fine: full packets fit the first link (MTU 1420)\n"))
      << text;
}

}  // namespace
}  // namespace wgt::sink
