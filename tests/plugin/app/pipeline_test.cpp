// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/pipeline.h"

#include <gtest/gtest.h>

#include <sstream>

#include "plugin/app/batch.h"
#include "plugin/app/live_run.h"
#include "tests/plugin/app/fake_source.h"
#include "tests/plugin/join/two_hosts.h"
#include "tests/plugin/sink/count_sink/count_sink.h"

namespace wgt::app {
namespace {

using join::test::alpha;
using join::test::beta;
using join::test::kOffset;
using join::test::kSecond;
using join::test::kStart;
using join::test::on_beta;
using join::test::rx_ab;
using join::test::rx_ba;
using join::test::tx_ab;
using test::FakeSource;
using test::Heard;

constexpr source::End kWhole = source::End::kWhole;

struct PipelineTest : ::testing::Test {
  // The closing summary of this host alone, or of both ends.
  Result<explain::Summary> watch(std::vector<FakeSource*> sources) {
    Pipeline pipeline(run, choice, *sink, {.wanted = {.handshakes = true}});
    for (FakeSource* one : sources) pipeline.add(*one);
    return pipeline.run();
  }

  LiveRun run;
  PathChoice choice{filter::PacketFilter::compile("").value(), false, {}};
  std::ostringstream out;
  std::unique_ptr<sink::Sink> sink = test::kCountSink.make(out, {});
  Heard heard;
};

TEST_F(PipelineTest, ASinkWorksWithThisHost) {
  FakeSource here(
      &run.io(), "",
      {test::named(alpha()), test::saw(*rx_ba(0)), test::saw(*rx_ba(1)), test::lost("ring", 3),
       test::until(kStart + kSecond), test::until(kStart + 10 * kSecond), test::ended(kWhole)});
  const auto summary = watch({&here});
  ASSERT_TRUE(summary);
  EXPECT_EQ(out.str(), "2 arrived, 0 did not, 0 steps, 3 lost\n");
  EXPECT_EQ(heard.text(), "listening …\n");
  EXPECT_TRUE(here.wanted_.handshakes);
  EXPECT_TRUE(here.stopped_);
}

TEST_F(PipelineTest, ASinkWorksWithBothEnds) {
  FakeSource here(
      &run.io(), "",
      {test::named(alpha()), test::saw(*tx_ab(0)), test::saw(*tx_ab(1)),
       test::until(kStart + kSecond), test::until(kStart + 10 * kSecond), test::ended(kWhole)});
  FakeSource there(&run.io(), "b.example.net:51822",
                   {test::round_trip(kStart, kOffset), test::ready(),
                    [](FakeSource&, source::EventSink& to) { to.host(beta()); },
                    test::saw(*rx_ab(0)), test::until(on_beta(kStart + 9 * kSecond))});
  const auto summary = watch({&here, &there});
  ASSERT_TRUE(summary);
  EXPECT_EQ(out.str(), "1 arrived, 1 did not, 0 steps, 0 lost\n");
  EXPECT_EQ(summary->by_verdict,
            (std::map<std::string, std::uint64_t>{{"delivered", 1}, {"network.lost", 1}}));
  EXPECT_EQ(heard.text().substr(0, heard.text().find('\n')),
            "paired with beta (b.example.net:51822, round trip 2.0 µs)");
  EXPECT_NE(heard.text().find("listening …\n"), std::string::npos);
}

TEST_F(PipelineTest, ASinkWorksWithRecordings) {
  FakeSource a(nullptr, "",
               {test::named(alpha()), test::saw(*tx_ab(0)), test::saw(*tx_ab(1)),
                test::until(kStart + 60 * kSecond), test::ended(kWhole)});
  FakeSource b(nullptr, "",
               {test::named(beta()), test::saw(*rx_ab(0)), test::lost("ring", 5),
                test::until(on_beta(kStart + 60 * kSecond)), test::ended(source::End::kCut)});
  source::Source* const sources[] = {&a, &b};
  const std::string names[] = {"a.wgt", "b.wgt"};
  const auto summary = run_batch(sources, names, choice, true, *sink);
  ASSERT_TRUE(summary);
  EXPECT_EQ(out.str(), "1 arrived, 1 did not, 0 steps, 5 lost\n");
  EXPECT_EQ(heard.text(), "wg-trace: b.wgt: the file was cut; read 1 whole records\n");
  EXPECT_TRUE(summary->cut);
}

TEST_F(PipelineTest, TracingThatIsTakenDownEndsIt) {
  FakeSource here(&run.io(), "",
                  {test::named(alpha()), test::saw(*rx_ba(0)), test::until(kStart + kSecond),
                   test::ended(source::End::kCut)});
  const auto summary = watch({&here});
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->taken_down);
  EXPECT_NE(heard.text().find("nothing is traced any more"), std::string::npos) << heard.text();
  EXPECT_EQ(out.str(), "1 arrived, 0 did not, 0 steps, 0 lost\n");
}

TEST_F(PipelineTest, EnoughPathsEndIt) {
  choice.count = 1;
  FakeSource here(&run.io(), "",
                  {test::named(alpha()), test::saw(*rx_ba(0)), test::until(kStart + kSecond),
                   test::until(kStart + 10 * kSecond), [](FakeSource& self, source::EventSink& to) {
                     EXPECT_FALSE(self.wants_more_);
                     to.ended(kWhole);
                   }});
  ASSERT_TRUE(watch({&here}));
  EXPECT_EQ(out.str(), "1 arrived, 0 did not, 0 steps, 0 lost\n");
}

TEST_F(PipelineTest, AClosedOutputIsAnError) {
  FakeSource here(&run.io(), "",
                  {test::named(alpha()),
                   [&](FakeSource&, source::EventSink&) { out.setstate(std::ios::badbit); },
                   test::until(kStart),
                   [](FakeSource& self, source::EventSink& to) {
                     EXPECT_FALSE(self.wants_more_);
                     to.ended(kWhole);
                   }});
  const auto summary = watch({&here});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().text, "write the paths: the output is closed or full");
}

// The sink decides; a source that can wait asks.
TEST_F(PipelineTest, ASinkWithoutRoomIsWaitedFor) {
  struct Full final : sink::Sink {
    void path(const explain::PathView&) override {}
    void handshake(const explain::HandshakeView&) override {}
    void summary(const explain::Summary&) override {}
    sink::Room room() const override { return now; }
    sink::Room now = sink::Room::kLater;
  };
  auto full = std::make_unique<Full>();
  Full& room = *full;
  sink = std::move(full);
  FakeSource here(&run.io(), "",
                  {test::named(alpha()),
                   [&](FakeSource& self, source::EventSink& to) {
                     EXPECT_FALSE(to.has_room());
                     self.progress(to, kStart);
                     EXPECT_TRUE(self.wants_more_) << "later is not never";
                     room.now = sink::Room::kMore;
                     EXPECT_TRUE(to.has_room());
                   },
                   test::ended(kWhole)});
  ASSERT_TRUE(watch({&here}));
}

TEST_F(PipelineTest, ASourceThatFailsEndsIt) {
  FakeSource here(&run.io(), "", {test::named(alpha())});
  FakeSource there(&run.io(), "b", {test::failed("b: nobody answers")});
  const auto summary = watch({&here, &there});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().text, "b: nobody answers");
  EXPECT_EQ(heard.text(), "");
}

// Records of the gap are missing for no reason of the network's.
TEST_F(PipelineTest, ASessionThatEndsLeavesItsPathsUndecided) {
  FakeSource here(
      &run.io(), "",
      {test::named(alpha()), test::saw(*tx_ab(0, kStart + 5 * kSecond)),
       test::until(kStart + 6 * kSecond), test::until(kStart + 20 * kSecond), test::ended(kWhole)});
  FakeSource there(&run.io(), "b",
                   {test::round_trip(kStart, kOffset), test::ready(),
                    [](FakeSource&, source::EventSink& to) { to.host(beta()); },
                    test::until(on_beta(kStart + kSecond)), test::ended(source::End::kCut)});
  const auto summary = watch({&here, &there});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->by_verdict, (std::map<std::string, std::uint64_t>{{"unknown", 1}}));
}

}  // namespace
}  // namespace wgt::app
