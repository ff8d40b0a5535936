// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/frame.h"

#include <gtest/gtest.h>

#include "tests/support/event_builder.h"

namespace wgt::sink::pcapng {
namespace {

std::string hex(std::string_view bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}
std::string ip_of(const Frame& frame, std::size_t from, std::size_t bytes) {
  return hex(std::string_view(frame.bytes).substr(14 + from, bytes));
}

const std::string kNoAddresses(24, '0');

TEST(PcapngFrame, HasAnIpv4HeaderWithItsChecksum) {
  event::Tuple tuple = test::tuple_of(IPPROTO_TCP, "10.0.0.1", 43922, "10.0.0.2", 443);
  tuple.seq = 0x01020304;
  tuple.id = 0xbeef;
  tuple.tos = 0x10;
  const Frame frame = inner_frame(tuple);
  EXPECT_EQ(hex(frame.bytes), kNoAddresses + "0800" +
                                  "4510"
                                  "0054"
                                  "beef"
                                  "0000"
                                  "40"
                                  "06"
                                  "a7a2"
                                  "0a000001"
                                  "0a000002" +
                                  "ab92"
                                  "01bb"
                                  "01020304");
  EXPECT_EQ(frame.length, 14U + 84U);
}

TEST(PcapngFrame, HasAnIpv6HeaderWithItsLength) {
  event::Tuple tuple = test::tuple_of(IPPROTO_UDP, "fd00::1", 53, "fd00::2", 5353);
  tuple.tos = 0xb8;
  tuple.ttl = 7;
  const Frame frame = inner_frame(tuple);
  EXPECT_EQ(hex(frame.bytes), kNoAddresses + "86dd" +
                                  "6b800000"
                                  "002c"
                                  "11"
                                  "07" +
                                  "fd000000000000000000000000000001"
                                  "fd000000000000000000000000000002"
                                  "0035"
                                  "14e9");
  EXPECT_EQ(frame.length, 14U + 84U);
}

TEST(PcapngFrame, HasAnEchosNumbers) {
  for (const bool v6 : {false, true}) {
    const auto packet = v6 ? test::tx().inner_ping("fd00::1", "fd00::2", 0x1234, 7)
                           : test::tx().inner_ping("10.0.0.1", "10.0.0.2", 0x1234, 7);
    const Frame frame = inner_frame(packet.build().inner);
    EXPECT_EQ(ip_of(frame, v6 ? 40 : 20, 99), v6 ? "8000000012340007" : "0800000012340007");
  }
}

// The checksum that follows is over what is not kept, and nothing behind it is known.
TEST(PcapngFrame, EndsBehindWhatIsKnown) {
  event::Tuple error = test::tx().inner_ping("10.0.0.1", "10.0.0.2", 1, 2).build().inner;
  error.icmp_type = 3;
  error.icmp_code = 4;
  EXPECT_EQ(ip_of(inner_frame(error), 20, 99), "0304");
  EXPECT_EQ(ip_of(inner_frame(test::tuple_of(IPPROTO_GRE, "10.0.0.1", 0, "10.0.0.2", 0)), 20, 99),
            "");
}

TEST(PcapngFrame, IsNotLongerThanThePacketWas) {
  event::Tuple tuple = test::tuple_of(IPPROTO_UDP, "10.0.0.1", 1, "10.0.0.2", 2);
  tuple.len = 22;
  EXPECT_EQ(inner_frame(tuple).bytes.size(), 34U);
  EXPECT_EQ(inner_frame(tuple).length, 14U + 22U);
  tuple.len = 0;  // not known
  EXPECT_EQ(inner_frame(tuple).length, 14U + 24U);
  tuple.len = 7;  // nonsense: a recording can say anything
  EXPECT_EQ(inner_frame(tuple).length, 34U);
  tuple.len = 4'000'000'000;
  EXPECT_EQ(inner_frame(tuple).length, 14U + 65535U);
  EXPECT_EQ(outer_frame(tuple, event::PacketKey{1, 2}).bytes.size(), 38U);
}

TEST(PcapngFrame, HasWireGuardsHeader) {
  event::Tuple tuple = test::tuple_of(IPPROTO_UDP, "192.0.2.1", 51820, "198.51.100.1", 51821);
  tuple.len = 156;
  const Frame frame = outer_frame(tuple, event::PacketKey{0x0acc7612, 0x0102030405060708U});
  EXPECT_EQ(ip_of(frame, 20, 99),
            "ca6c"
            "ca6d"
            "0088"
            "0000"
            "04000000"
            "1276cc0a"
            "0807060504030201");
  EXPECT_EQ(frame.length, 14U + 156U);
  // what message it is, is not known
  EXPECT_EQ(ip_of(outer_frame(tuple, std::nullopt), 20, 99), "ca6cca6d0088");
  // nor how long it was
  tuple.len = 0;
  EXPECT_EQ(ip_of(outer_frame(tuple, event::PacketKey{1, 2}), 20, 99), "ca6cca6d");
}

}  // namespace
}  // namespace wgt::sink::pcapng
