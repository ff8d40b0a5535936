// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/path_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugin/explain/reason_name.h"
#include "tests/support/view_builder.h"

namespace wgt::app {
namespace {

using join::Basis;

struct Lines final : sink::Sink {
  void path(const explain::PathView& path) override {
    std::string line = event::verdict_id(path.verdict.id);
    if (path.amends) line += std::string(", not ") + event::verdict_id(*path.amends);
    lines.push_back(line);
  }
  void handshake(const explain::HandshakeView&) override {}
  void summary(const explain::Summary& summary) override { last = summary; }

  std::vector<std::string> lines;
  explain::Summary last;
};

struct PathStreamTest : ::testing::Test {
  // As PathJoin does: with an amendment comes what was answered before.
  void put(event::VerdictId verdict, std::optional<join::Ending> amends = {}) {
    scene.path.verdict = verdict;
    scene.path.basis = Basis::kObserved;
    scene.path.amends = amends;
    if (amends) scene.path.amends->shown = scene.path.shown;
    scene.path.shown = stream->path(scene.path, scene.hosts);
  }
  void begin(const std::string& filter, bool drops_only) {
    choice.emplace(PathChoice{filter::PacketFilter::compile(filter).value(), drops_only, {}});
    stream.emplace(*choice, out, explain::DeviceLookup{});
  }

  test::Scene scene = test::delivered();
  std::optional<PathChoice> choice;
  Lines out;
  std::optional<PathStream> stream;
};

TEST_F(PathStreamTest, APacketThatIsShownAgainIsCountedOnce) {
  begin("", false);
  put(event::VerdictId::NETWORK_LOST);
  put(event::VerdictId::DELIVERED,
      join::Ending{event::VerdictId::NETWORK_LOST, Basis::kOnlyExplanation});
  put(event::VerdictId::INNER_IN, join::Ending{event::VerdictId::DELIVERED, Basis::kObserved});
  ASSERT_TRUE(stream->finish(0, false));
  EXPECT_EQ(out.lines, (std::vector<std::string>{"network.lost", "delivered, not network.lost",
                                                 "inner_in, not delivered"}));
  EXPECT_EQ(out.last.paths, 1U);
  EXPECT_EQ(out.last.amended, 2U);
  EXPECT_EQ(out.last.by_verdict, (std::map<std::string, std::uint64_t>{{"inner_in", 1}}));
}

// Nobody was told anything else before.
TEST_F(PathStreamTest, OfDropsOnlyALateOneIsTheFirstLine) {
  begin("", true);
  put(event::VerdictId::DELIVERED);
  put(event::VerdictId::INNER_IN, join::Ending{event::VerdictId::DELIVERED, Basis::kObserved});
  ASSERT_TRUE(stream->finish(0, false));
  EXPECT_EQ(out.lines, std::vector<std::string>{"inner_in"});
  EXPECT_EQ(out.last.paths, 1U);
  EXPECT_EQ(out.last.amended, 0U);
  EXPECT_EQ(out.last.filtered, 0U);
}

TEST_F(PathStreamTest, OfDropsOnlyAFalseOneIsTakenBack) {
  begin("", true);
  put(event::VerdictId::NETWORK_LOST);
  put(event::VerdictId::DELIVERED,
      join::Ending{event::VerdictId::NETWORK_LOST, Basis::kOnlyExplanation});
  ASSERT_TRUE(stream->finish(0, false));
  EXPECT_EQ(out.lines.back(), "delivered, not network.lost");
  EXPECT_EQ(out.last.paths, 1U);
  EXPECT_EQ(out.last.by_verdict, (std::map<std::string, std::uint64_t>{{"delivered", 1}}));
}

// Lost, delivered after all, dropped by the receiver's stack: one packet, however often it is
// shown.
TEST_F(PathStreamTest, OfDropsOnlyAPacketThatIsAmendedTwiceIsCountedOnce) {
  begin("", true);
  put(event::VerdictId::NETWORK_LOST);
  put(event::VerdictId::DELIVERED,
      join::Ending{event::VerdictId::NETWORK_LOST, Basis::kOnlyExplanation});
  put(event::VerdictId::INNER_IN, join::Ending{event::VerdictId::DELIVERED, Basis::kObserved});
  ASSERT_TRUE(stream->finish(0, false));
  EXPECT_EQ(out.lines.size(), 3U);
  EXPECT_EQ(out.last.paths, 1U);
  EXPECT_EQ(out.last.amended, 2U);
  EXPECT_EQ(out.last.filtered, 0U);
  EXPECT_EQ(out.last.by_verdict, (std::map<std::string, std::uint64_t>{{"inner_in", 1}}));
}

TEST_F(PathStreamTest, WhatTheFilterLeavesOutIsLeftOutAgain) {
  begin("udp", false);
  put(event::VerdictId::NETWORK_LOST);
  put(event::VerdictId::DELIVERED,
      join::Ending{event::VerdictId::NETWORK_LOST, Basis::kOnlyExplanation});
  ASSERT_TRUE(stream->finish(0, false));
  EXPECT_TRUE(out.lines.empty());
  EXPECT_EQ(out.last.filtered, 1U);
  EXPECT_EQ(out.last.paths, 0U);
}

}  // namespace
}  // namespace wgt::app
