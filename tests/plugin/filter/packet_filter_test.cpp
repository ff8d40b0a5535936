// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/packet_filter.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/support/event_builder.h"

namespace wgt::filter {
namespace {

using test::rx;
using test::tx;

const event::Sent kTcp = tx().inner_tcp("10.0.0.1", 43922, "10.0.0.2", 443, 0x10).inner_len(1400);
const event::Sent kSyn = tx().inner_tcp("10.0.0.1", 43922, "10.0.0.2", 443, 0x02);
const event::Sent kUdp = tx().inner_udp("10.0.0.1", 40000, "192.168.7.9", 53);
const event::Sent kPing = tx().inner_ping("10.0.0.1", "10.0.0.2", 77, 3);
const event::Sent kTcp6 = tx().inner_tcp("fd00::1", 43922, "fd00::2", 443);
const event::Sent kPing6 = tx().inner_ping("fd00::1", "fd00::2", 77, 3);
const event::Received kUnknown = rx().verdict(event::VerdictId::RX_UNKNOWN_INDEX);

bool match(const std::string& expression, const event::Event& event) {
  const auto filter = PacketFilter::compile(expression);
  EXPECT_TRUE(filter) << filter.error().text;
  return filter && filter->matches(event::inner_of(event));
}

struct Case {
  const char* expression;
  const event::Sent& yes;
  const event::Sent& no;
};

TEST(PacketFilter, UnderstandsWhatTcpdumpUsersType) {
  const Case cases[] = {
      {"tcp", kTcp, kUdp},
      {"udp", kUdp, kTcp},
      {"icmp", kPing, kTcp},
      {"icmp6", kPing6, kPing},
      {"ip", kTcp, kTcp6},
      {"ip6", kTcp6, kTcp},
      {"tcp and dst port 443", kTcp, kUdp},
      {"src port 43922", kTcp, kUdp},
      {"port 53", kUdp, kTcp},
      {"portrange 50-60", kUdp, kTcp},
      {"host 192.168.7.9", kUdp, kTcp},
      {"src host 10.0.0.1 and not dst host 10.0.0.2", kUdp, kTcp},
      {"net 192.168.0.0/16", kUdp, kTcp},
      {"dst net fd00::/64", kTcp6, kTcp},
      {"ip6 host fd00::2 and tcp port 443", kTcp6, kPing6},
      {"tcp[tcpflags] & tcp-syn != 0", kSyn, kTcp},
      {"icmp[icmptype] == icmp-echo", kPing, kTcp},
      {"icmp[4:2] == 77 and icmp[6:2] == 3", kPing, kTcp},
      {"greater 1000", kTcp, kSyn},
      {"less 100", kSyn, kTcp},
      {"ip[2:2] == 1400", kTcp, kSyn},
      {"ip[8] == 64", kTcp, kTcp6},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(match(c.expression, c.yes)) << c.expression;
    EXPECT_FALSE(match(c.expression, c.no)) << c.expression;
  }
}

TEST(PacketFilter, WhatCanMatchNothingIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"inbound", "how a frame came"},          {"tcp and not outbound", "how a frame came"},
      {"udp or inbound", "how a frame came"},   {"ifindex 3", "how a frame came"},
      {"tcp[20:4] = 0x47455420", "no payload"}, {"tcp port 80 and tcp[100] = 1", "no payload"},
      {"ip[60:4] = 1", "no payload"},
  };
  for (const auto& [expression, why] : cases) {
    const auto filter = PacketFilter::compile(expression);
    ASSERT_FALSE(filter) << expression;
    EXPECT_EQ(filter.error().code, Errc::kInvalid);
    EXPECT_NE(filter.error().text.find(why), std::string::npos) << filter.error().text;
  }
}

TEST(PacketFilter, PayloadThatWasNotRecordedDoesNotMatch) {
  EXPECT_TRUE(match("udp or tcp[20:4] = 0x47455420", kUdp));
  EXPECT_FALSE(match("udp or tcp[20:4] = 0x47455420", kTcp));
  EXPECT_FALSE(match("tcp[(tcp[12] & 0xf0) >> 2] = 0x47", kTcp));
  EXPECT_TRUE(match("tcp[18:2] = 0", kTcp));
  EXPECT_TRUE(match("ip6[58:2] = 0", kTcp6));
}

TEST(PacketFilter, AnEmptyExpressionMatchesEverything) {
  for (const char* expression : {"", "  \t\n"}) {
    EXPECT_TRUE(match(expression, kTcp));
    EXPECT_TRUE(match(expression, kUnknown));
  }
}

TEST(PacketFilter, AnUnknownInnerPacketMatchesNothingElseButIsKept) {
  for (const char* expression : {"tcp", "not tcp", "len >= 0"}) {
    EXPECT_FALSE(match(expression, kUnknown)) << expression;
    EXPECT_TRUE(PacketFilter::compile(expression)->may_match(kUnknown));
  }
  EXPECT_TRUE(PacketFilter::compile("tcp")->may_match(kTcp));
  EXPECT_FALSE(PacketFilter::compile("tcp")->may_match(kUdp));
  // Its inner is the ICMP error, not the packet.
  event::Rejection rejection;
  rejection.error = kUdp.inner;
  EXPECT_TRUE(PacketFilter::compile("tcp")->may_match(rejection));
}

TEST(PacketFilter, SaysWhatItCouldNotParse) {
  const auto filter = PacketFilter::compile("tcp and prot 443");
  ASSERT_FALSE(filter);
  EXPECT_EQ(filter.error().code, Errc::kInvalid);
  EXPECT_EQ(filter.error().text.rfind("filter \"tcp and prot 443\": ", 0), 0U)
      << filter.error().text;
  EXPECT_GT(filter.error().text.size(), 27U);
}

TEST(PacketFilter, GarbageIsAnErrorNotACrash) {
  for (const char* expression :
       {"((((", "port", "tcp[", "host 300.1.1.1.1", "\x01\xff", "and", "vlan vlan vlan 99999",
        "ether host 00:11:22:33:44:55", "tcp[tcpflags] &"})
    EXPECT_FALSE(PacketFilter::compile(expression)) << expression;
}

TEST(PacketFilter, CanBeMovedAndUsed) {
  auto first = PacketFilter::compile("udp");
  ASSERT_TRUE(first);
  const PacketFilter second = *std::move(first);
  EXPECT_TRUE(second.matches(&kUdp.inner));
}

TEST(PacketFilterInstructions, SayTheSameOnAnotherHost) {
  const event::Sent ssh = tx().inner_tcp("10.0.0.1", 4000, "10.0.0.2", 22);
  const event::Sent web = tx().inner_tcp("10.0.0.1", 4000, "10.0.0.2", 443);
  for (const char* expression :
       {"", "tcp", "tcp port 22", "not port 443 and host 10.0.0.2", "tcp[tcpflags] & tcp-syn != 0",
        "len > 5 and ip6", "ip[0] << 2 == 5 or ip[2:2] % 7 != 1"}) {
    const PacketFilter here = PacketFilter::compile(expression).value();
    const auto there = PacketFilter::from_instructions(here.instructions());
    ASSERT_TRUE(there) << expression;
    for (const event::Sent* packet : {&ssh, &web})
      EXPECT_EQ(there->matches(&packet->inner), here.matches(&packet->inner)) << expression;
  }
}

TEST(PacketFilterInstructions, WhatCouldRunAwayOrAbortIsRefused) {
  constexpr Instruction kReturn{0x06, 0, 0, 1};
  EXPECT_TRUE(PacketFilter::from_instructions(std::vector{kReturn}));
  const std::vector<std::vector<Instruction>> bad = {
      {{0x00, 0, 0, 1}},                    // no end
      {{0x05, 0, 0, 1}, kReturn},           // jumps behind it
      {{0x05, 0, 0, 0xffffffff}, kReturn},  // jumps back
      {{0x15, 200, 0, 0}, kReturn},         //
      {{0x60, 0, 0, 16}, kReturn},          // memory that is not there
      {{0x34, 0, 0, 0}, kReturn},           // divides by zero
      {{0x64, 0, 0, 32}, kReturn},          // shifts too far
      {{0x2800, 0, 0, 2}, kReturn},         // unknown, but bpf_validate() lets it pass
      {{0x08, 0, 0, 0}, kReturn},
  };
  for (const auto& program : bad)
    EXPECT_FALSE(PacketFilter::from_instructions(program)) << program[0].code;
}

}  // namespace
}  // namespace wgt::filter
