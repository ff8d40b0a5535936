// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/blocks.h"

#include <gtest/gtest.h>

#include "tests/plugin/sink/pcapng/read_back.h"

namespace wgt::sink::pcapng {
namespace {

std::string file(const Packet& packet) {
  return section_header("about") + interface_description("a:wg0", "inside") +
         enhanced_packet(packet);
}

TEST(PcapngBlocks, AreReadAsTheyWereWritten) {
  const auto capture = test::read_back(file({.interface = 0,
                                             .wall_ns = 1'795'262'591'482'913'007,
                                             .frame = {.bytes = "12345", .length = 99},
                                             .direction = Direction::kIn,
                                             .id = 0x0102030405060708U,
                                             .comment = "why"}) +
                                       interface_statistics(0, 7));
  EXPECT_EQ(capture.section.at(1), "about");
  ASSERT_EQ(capture.interfaces.size(), 1U);
  EXPECT_EQ(capture.interfaces[0].at(2), "a:wg0");
  EXPECT_EQ(capture.interfaces[0].at(3), "inside");
  EXPECT_EQ(capture.interfaces[0].at(9), "\x09");  // nanoseconds
  ASSERT_EQ(capture.packets.size(), 1U);
  EXPECT_EQ(capture.packets[0].wall_ns, 1'795'262'591'482'913'007);
  EXPECT_EQ(capture.packets[0].bytes, "12345");
  EXPECT_EQ(capture.packets[0].length, 99U);
  EXPECT_EQ(capture.packets[0].direction(), 1U);
  EXPECT_EQ(capture.packets[0].options.at(5), "\x08\x07\x06\x05\x04\x03\x02\x01");
  EXPECT_EQ(capture.packets[0].comment(), "why");
  ASSERT_EQ(capture.statistics.size(), 1U);
  EXPECT_EQ(test::number_at<std::uint64_t>(capture.statistics[0].at(7), 0), 7U);
}

TEST(PcapngBlocks, HaveEveryLengthOfFrameAndText) {
  for (std::size_t length = 0; length < 9; length++) {
    Packet packet;
    packet.frame = {.bytes = std::string(length, 'x'), .length = 100};
    packet.comment = std::string(length, 'c');
    const auto capture = test::read_back(file(packet));
    ASSERT_EQ(capture.packets.size(), 1U);
    EXPECT_EQ(capture.packets[0].bytes.size(), length);
    EXPECT_EQ(capture.packets[0].comment(), packet.comment);
    EXPECT_FALSE(capture.packets[0].options.contains(5));
  }
}

TEST(PcapngBlocks, CutATextBetweenCharacters) {
  Packet packet;
  packet.comment = std::string(kMostText - 1, 'c') + "→ and more than a reader takes";
  const auto capture = test::read_back(file(packet));
  EXPECT_EQ(capture.packets.at(0).comment(), std::string(kMostText - 1, 'c'));
  packet.comment.resize(70000, 'c');
  EXPECT_LE(test::read_back(file(packet)).packets.at(0).comment().size(), kMostText);
}

TEST(PcapngBlocks, KnowNoTimeBeforeTheEpoch) {
  Packet packet;
  packet.wall_ns = -5;
  EXPECT_EQ(test::read_back(file(packet)).packets.at(0).wall_ns, 0);
}

}  // namespace
}  // namespace wgt::sink::pcapng
