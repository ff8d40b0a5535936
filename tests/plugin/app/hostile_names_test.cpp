// SPDX-License-Identifier: GPL-2.0-only
// Whatever a recording, a session or the kernel calls its things: nothing of it steers a terminal,
// on standard output or standard error, in any format.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "plugin/app/join_files.h"
#include "plugin/app/pipeline.h"
#include "plugin/sink/sinks.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/recording/format.h"
#include "plugin/source/recording/writer.h"
#include "tests/plugin/app/fake_source.h"
#include "tests/plugin/join/two_hosts.h"
#include "tests/plugin/source/recording/raw_recording.h"
#include "tests/support/record_bytes.h"

namespace wgt::app {
namespace {

using join::test::alpha;
using join::test::beta;
using join::test::kOffset;
using join::test::kSecond;
using join::test::kStart;
using join::test::on_beta;
using join::test::rx_ab;
using join::test::tx_ab;
using test::FakeSource;
using test::Heard;

// Escape, bell, a new line, CSI of C1, right-to-left, a zero-width space, DEL, no UTF-8.
const std::string kNasty =
    "\x1b[2J\a\n\r\b\xc2\x9b"
    "2J\xe2\x80\xae\xe2\x80\x8b\x7f\xff";

event::HostInfo nasty(event::HostInfo host) {
  host.hostname += kNasty;
  host.kernel = kNasty;
  host.filter = kNasty;
  for (std::uint32_t reason = 0; reason < 200; reason++) host.drop_reasons[reason] = kNasty;
  host.functions[0xf00] = kNasty;
  host.stacks[9] = "f" + kNasty + " g" + kNasty;
  host.devices[0].name = kNasty;
  host.devices[0].netns = kNasty;
  return host;
}

// A path that arrives, one that is lost, and one that beta's stack drops, with all that names it.
std::vector<event::Event> of_alpha() { return {*tx_ab(0), *tx_ab(1), *tx_ab(2)}; }
std::vector<event::Event> of_beta() {
  auto dropped = join::test::drop(event::VerdictId::OUTER_IN)
                     .device(join::test::kDeviceB)
                     .peer(join::test::kA)
                     .counter(1)
                     .reason(5, 0xf00)
                     .at(on_beta(kStart) + join::test::kMs);
  dropped->stack = 9;
  return {*rx_ab(0), *rx_ab(2).verdict(event::VerdictId::RX_DISALLOWED_SOURCE), *dropped};
}

void expect_harmless(const std::string& text) {
  for (const char c : text)
    ASSERT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f')) << text;
  for (const char* mark : {"\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\x8b", "\xff"})
    ASSERT_EQ(text.find(mark), std::string::npos) << mark << " in " << text;
}

struct HostileNames : ::testing::TestWithParam<const char*> {
  HostileNames() { sink = sink::find_sink(GetParam())->make(out, {.color = false, .utf8 = true}); }
  ~HostileNames() override {
    for (const std::string& file : files) ::unlink(file.c_str());
  }

  std::string write(const std::string& name, const event::HostInfo& host,
                    const std::vector<event::Event>& events) {
    files.push_back(::testing::TempDir() + "wgt-hostile-" + std::to_string(::getpid()) + name);
    auto writer = recording::Writer::create(files.back(), host);
    EXPECT_TRUE(writer);
    for (const event::Event& event : events)
      EXPECT_TRUE(writer->add(wgt::test::RecordBytes(event)));
    EXPECT_TRUE(writer->lost({kStart + kSecond, {{kNasty, 7}}}));
    EXPECT_TRUE(writer->flush());
    return files.back();
  }
  void check() {
    EXPECT_NE(out.str(), "");
    expect_harmless(out.str());
    expect_harmless(heard.text());
  }

  std::vector<std::string> files;
  PathChoice choice{filter::PacketFilter::compile("").value(), false, {}};
  std::ostringstream out;
  std::unique_ptr<sink::Sink> sink;
  Heard heard;
};

TEST_P(HostileNames, OfRecordings) {
  write("a", nasty(alpha()), of_alpha());
  write("b", nasty(beta()), of_beta());
  ASSERT_TRUE(join_files(files, choice, true, *sink));
  check();
  EXPECT_NE(heard.text().find("was cut"), std::string::npos);
}

// The error about a cause of loss quotes its name.
TEST_P(HostileNames, OfCausesOfLossThatAreDamaged) {
  write("a", nasty(alpha()), of_alpha());
  const std::string payload = R"({"mono_ns":1,"lost":{"\u001b[2J\u009b":"many"}})";
  // Behind the host, a records block if there are any, and a report on losses.
  std::ofstream(files[0], std::ios::app | std::ios::binary)
      << recording::test::block(3, of_alpha().empty() ? 2 : 3, payload);
  ASSERT_TRUE(join_files(files, choice, true, *sink));
  check();
  EXPECT_NE(heard.text().find("field \"\\x1b[2J\\xc2\\x9b\" has a wrong value"), std::string::npos)
      << heard.text();
}

TEST_P(HostileNames, OfFilesThatAreNone) {
  files.push_back("/nonexistent/" + kNasty);
  const auto summary = join_files(files, choice, true, *sink);
  ASSERT_FALSE(summary);
  sink::say("wg-trace: " + summary.error().text);  // as the command does
  expect_harmless(heard.text());
}

TEST_P(HostileNames, OfSessions) {
  std::vector<FakeSource::Step> here{test::named(nasty(alpha()))};
  for (const event::Event& event : of_alpha()) here.push_back(test::saw(event));
  for (const std::uint64_t s : {1U, 10U}) here.push_back(test::until(kStart + s * kSecond));
  here.push_back(test::ended(source::End::kWhole));
  std::vector<FakeSource::Step> there{
      test::round_trip(kStart, kOffset), test::ready(),
      [](FakeSource&, source::EventSink& to) { to.host(nasty(beta())); }};
  for (const event::Event& event : of_beta()) there.push_back(test::saw(event));
  there.push_back(test::until(on_beta(kStart + 9 * kSecond)));
  there.push_back(test::notice("wg-trace: " + kNasty));

  LiveRun run;
  FakeSource a(&run.io(), "", std::move(here));
  FakeSource b(&run.io(), "b" + kNasty, std::move(there));
  Pipeline pipeline(run, choice, *sink, {.wanted = {.handshakes = true}});
  pipeline.add(a);
  pipeline.add(b);
  ASSERT_TRUE(pipeline.run());
  check();
  EXPECT_NE(heard.text().find("paired with beta\\x1b[2J"), std::string::npos) << heard.text();
}

INSTANTIATE_TEST_SUITE_P(Formats, HostileNames, ::testing::Values("block", "line", "json"));

}  // namespace
}  // namespace wgt::app
