// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/recording_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "plugin/source/recording/writer.h"
#include "tests/plugin/source/recording/sample.h"
#include "tests/support/event_builder.h"
#include "tests/support/record_bytes.h"

namespace wgt::recording {
namespace {

// What it was told, in order.
struct Told final : source::EventSink {
  void host(const event::HostInfo& host) override { said.push_back("host " + host.hostname); }
  bool event(const event::Event&, std::span<const std::byte>) override {
    said.emplace_back("event");
    return --wants > 0;
  }
  bool progress(const source::Progress& progress) override {
    said.push_back("until " + std::to_string(progress.seen_until_ns) + ", lost " +
                   std::to_string(progress.lost));
    return true;
  }
  void ended(source::End end) override {
    said.emplace_back(end == source::End::kWhole ? "whole" : "cut");
  }
  void failed(Error error) override { said.push_back(error.text); }
  void notice(const std::string& text) override { noticed = text; }

  std::vector<std::string> said;
  std::string noticed;
  int wants = 1000;
};

struct RecordingSourceTest : ::testing::Test {
  ~RecordingSourceTest() override { ::unlink(path.c_str()); }

  void write(bool close) {
    event::HostInfo host;
    host.hostname = "alpha";
    host.watch_started_mono_ns = 5;
    auto writer = Writer::create(path, host);
    ASSERT_TRUE(writer);
    for (int i = 0; i < 2; i++)
      ASSERT_TRUE(writer->add(wgt::test::RecordBytes(*wgt::test::tx().at(1000))));
    ASSERT_TRUE(writer->lost({2000, {{"ring", 3}}}));
    if (close)
      ASSERT_TRUE(writer->close({4000, 0, 0, 4}));
    else
      ASSERT_TRUE(writer->flush());
  }

  const std::string path =
      ::testing::TempDir() + "wgt-recording-source-" + std::to_string(::getpid());
  RecordingSource source{path};
  Told told;
};

using Said = std::vector<std::string>;

TEST_F(RecordingSourceTest, HandsOutAllOfIt) {
  write(true);
  ASSERT_TRUE(source.start({}, told));
  EXPECT_EQ(told.said, (Said{"host alpha", "event", "event", "until 2000, lost 3",
                             "until 4000, lost 4", "whole"}));
  EXPECT_EQ(source.seen_until(), 4000U);
  EXPECT_EQ(source.losses().by_cause, (std::map<std::string, std::uint64_t>{{"ring", 3}}));
}

TEST_F(RecordingSourceTest, OfACutOneTheLastReportOnLossesIsAsFarAsItSaw) {
  write(false);
  ASSERT_TRUE(source.start({}, told));
  EXPECT_EQ(told.said.back(), "cut");
  EXPECT_TRUE(told.noticed.starts_with(path + ": the file was cut at byte ")) << told.noticed;
  EXPECT_EQ(source.seen_until(), 2000U);
}

TEST_F(RecordingSourceTest, DamageComesBehindWhatStandsBeforeIt) {
  write(true);
  std::ofstream(path, std::ios::app) << "more";
  ASSERT_TRUE(source.start({}, told));
  EXPECT_NE(told.said.back().find("data after the end"), std::string::npos) << told.said.back();
  EXPECT_EQ(told.said.size(), 6U);
}

TEST_F(RecordingSourceTest, EndsWhenNothingMoreIsWanted) {
  write(true);
  told.wants = 1;
  ASSERT_TRUE(source.start({}, told));
  EXPECT_EQ(told.said, (Said{"host alpha", "event"}));
}

// Of what is left out the heads say how far it goes; the count at the end is as right as before.
TEST_F(RecordingSourceTest, AnOutlineIsOfSomeBlocks) {
  event::HostInfo host;
  host.watch_started_mono_ns = 5;
  auto writer = Writer::create(path, host);
  ASSERT_TRUE(writer);
  for (std::uint64_t block = 1; block <= 20; block++) {
    ASSERT_TRUE(writer->add(wgt::test::RecordBytes(*wgt::test::tx().at(1000 * block))));
    ASSERT_TRUE(writer->flush());
  }
  ASSERT_TRUE(writer->close({}));
  ASSERT_TRUE(source.start({}, told));
  EXPECT_EQ(std::ranges::count(told.said, "event"), 20);
  const Said whole = {told.said.end() - 2, told.said.end()};
  EXPECT_EQ(whole.back(), "whole");

  told.said.clear();
  ASSERT_TRUE(source.start({.outline = true}, told));
  EXPECT_EQ(std::ranges::count(told.said, "event"), 8 + 3);
  EXPECT_EQ(Said(told.said.end() - 2, told.said.end()), whole);
}

TEST_F(RecordingSourceTest, AForeignFileIsAnError) {
  std::ofstream(path) << "no recording, but long enough to be one";
  EXPECT_FALSE(source.start({}, told));
  EXPECT_TRUE(told.said.empty());
}

}  // namespace
}  // namespace wgt::recording
