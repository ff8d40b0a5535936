// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/probe_packet.h"

#include <gtest/gtest.h>

#include <string>

namespace wgt::app {
namespace {

using Bytes = std::vector<std::uint8_t>;

const IpAddress kTo4 = *parse_ip("10.0.0.7");
const IpAddress kTo6 = *parse_ip("fd00::7");
const IpAddress kRouter = *parse_ip("192.168.50.1");

Bytes ipv4(std::uint8_t proto, const Bytes& payload) {
  Bytes packet = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, proto, 0, 0, 10, 0, 0, 1, 10, 0, 0, 7};
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}
Bytes ipv6(std::uint8_t next, const Bytes& payload) {
  Bytes packet(40);
  packet[0] = 0x60;
  packet[6] = next;
  std::copy(kTo6.bytes.begin(), kTo6.bytes.end(), packet.begin() + 24);
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}
Bytes error(std::uint8_t type, std::uint8_t code, const Bytes& quoted, std::uint16_t mtu = 0) {
  Bytes icmp = {
      type, code, 0, 0, 0, 0, static_cast<std::uint8_t>(mtu >> 8U), static_cast<std::uint8_t>(mtu)};
  icmp.insert(icmp.end(), quoted.begin(), quoted.end());
  return icmp;
}

TEST(EchoRequest, HasItsChecksum) {
  const Bytes packet = echo_request(4, 0x1234, 5, 3);
  ASSERT_EQ(packet.size(), 11U);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < packet.size(); i += 2)
    sum += packet[i] * 256U + (i + 1 < packet.size() ? packet[i + 1] : 0U);
  EXPECT_EQ((sum & 0xffffU) + (sum >> 16U), 0xffffU);
  EXPECT_EQ(echo_request(6, 1, 1, 0), (Bytes{128, 0, 0, 0, 0, 1, 0, 1}));
}

TEST(Hear, AnAnswerOfTheDestination) {
  Bytes reply = echo_request(4, 0x1234, 5, 56);
  reply[0] = 0;
  const auto heard = hear(ipv4(1, reply), kTo4, kTo4);
  ASSERT_TRUE(heard);
  EXPECT_FALSE(heard->error);
  EXPECT_EQ(heard->id, 0x1234);
  EXPECT_EQ(heard->number, 5);
  EXPECT_FALSE(hear(ipv4(1, reply), kRouter, kTo4)) << "of another host";
  EXPECT_FALSE(hear(ipv4(1, echo_request(4, 1, 1, 0)), kTo4, kTo4)) << "its own question";
  Bytes reply6 = echo_request(6, 0x1234, 5, 56);
  reply6[0] = 129;
  EXPECT_TRUE(hear(reply6, kTo6, kTo6));
}

TEST(Hear, AnErrorAboutAnEcho) {
  const Bytes probe = ipv4(1, echo_request(4, 0x1234, 5, 0));
  const auto heard = hear(ipv4(1, error(3, 4, probe, 1280)), kRouter, kTo4);
  ASSERT_TRUE(heard && heard->error);
  EXPECT_EQ(*heard->error, (event::IcmpError{4, 3, 4, false}));
  EXPECT_EQ(heard->mtu, 1280U);
  EXPECT_EQ(heard->id, 0x1234);
  EXPECT_EQ(heard->number, 5);
  EXPECT_EQ(hear(ipv4(1, error(3, 1, probe, 1280)), kRouter, kTo4)->mtu, 0U);
  EXPECT_FALSE(hear(ipv4(1, error(5, 1, probe)), kRouter, kTo4)) << "a redirect is none";
  Bytes elsewhere = probe;
  elsewhere[19] = 8;
  EXPECT_FALSE(hear(ipv4(1, error(3, 1, elsewhere)), kRouter, kTo4));
}

TEST(Hear, AnErrorAboutAConnection) {
  const Bytes syn = {0x9c, 0x42, 0x01, 0xbb, 0, 0, 0, 1};
  auto heard = hear(ipv4(1, error(3, 13, ipv4(6, syn))), kRouter, kTo4);
  ASSERT_TRUE(heard && heard->error);
  EXPECT_EQ(heard->local_port, 40002);
  EXPECT_EQ(heard->port, 443);
  heard = hear(error(1, 4, ipv6(6, syn)), kTo6, kTo6);
  ASSERT_TRUE(heard && heard->error);
  EXPECT_EQ(heard->local_port, 40002);
  EXPECT_FALSE(hear(ipv4(1, error(3, 3, ipv4(17, syn))), kRouter, kTo4)) << "UDP is none of ours";
}

TEST(Hear, AFragmentOfAnEchoIsQuoted) {
  Bytes fragment = {58, 0, 0, 1, 0, 0, 0, 9};
  const Bytes echo = echo_request(6, 7, 8, 0);
  fragment.insert(fragment.end(), echo.begin(), echo.end());
  const auto heard = hear(error(2, 0, ipv6(44, fragment), 1300), kRouter, kTo6);
  ASSERT_TRUE(heard && heard->error);
  EXPECT_EQ(heard->id, 7);
  EXPECT_EQ(heard->number, 8);
  EXPECT_EQ(heard->mtu, 1300U);
}

// Whatever is cut off, nothing is read behind the end (this runs under the sanitizers, too).
TEST(Hear, WhatIsCutOffIsNone) {
  const Bytes whole4 = ipv4(1, error(3, 1, ipv4(1, echo_request(4, 1, 1, 0))));
  for (std::size_t size = 0; size < whole4.size(); size++)
    EXPECT_FALSE(hear(Bytes(whole4.begin(), whole4.begin() + static_cast<std::ptrdiff_t>(size)),
                      kRouter, kTo4))
        << size;
  const Bytes whole6 = error(1, 0, ipv6(58, echo_request(6, 1, 1, 0)));
  for (std::size_t size = 0; size < whole6.size(); size++)
    EXPECT_FALSE(hear(Bytes(whole6.begin(), whole6.begin() + static_cast<std::ptrdiff_t>(size)),
                      kRouter, kTo6))
        << size;
}

}  // namespace
}  // namespace wgt::app
