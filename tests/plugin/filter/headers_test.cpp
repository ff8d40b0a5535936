// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/headers.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/event_builder.h"

namespace wgt::filter {
namespace {

using Bytes = std::vector<std::uint8_t>;
using test::tx;

Bytes headers_of(const event::Tuple& tuple) {
  const Headers headers(tuple);
  return {headers.bytes().begin(), headers.bytes().end()};
}

TEST(Headers, Ipv4TcpIsByteForByteWhatWasOnTheWire) {
  event::Tuple tuple = tx().inner_tcp("10.0.0.1", 43922, "10.0.0.2", 443, 0x12).build().inner;
  tuple.tos = 0xb8;
  tuple.id = 0x1234;
  tuple.seq = 0xdeadbeef;
  EXPECT_EQ(headers_of(tuple),
            (Bytes{0x45, 0xb8, 0,    84,   0x12, 0x34, 0,    0,    64, 6, 0, 0, 10,   0,
                   0,    1,    10,   0,    0,    2,                                          //
                   0xab, 0x92, 0x01, 0xbb, 0xde, 0xad, 0xbe, 0xef, 0,  0, 0, 0, 0x50, 0x12,  //
                   0,    0,    0,    0,    0,    0}));
}

TEST(Headers, Ipv4EchoKeepsTypeIdentifierAndSequence) {
  const event::Tuple tuple = tx().inner_ping("10.0.0.1", "10.0.0.2", 0x0102, 0x0304).build().inner;
  EXPECT_EQ(headers_of(tuple), (Bytes{0x45, 0, 0,  84, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0,
                                      0,    1, 10, 0,  0, 2, 8, 0, 0,  0, 1, 2, 3,  4}));
}

TEST(Headers, Ipv6UdpCarriesTheTrafficClassAndThePayloadLength) {
  event::Tuple tuple = tx().inner_udp("fd00::1", 53, "fd00::2", 5353).build().inner;
  tuple.tos = 0xb8;
  const Bytes bytes = headers_of(tuple);
  ASSERT_EQ(bytes.size(), 48U);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 8), (Bytes{0x6b, 0x80, 0, 0, 0, 44, 17, 64}));
  EXPECT_EQ(Bytes(bytes.begin() + 40, bytes.end()), (Bytes{0, 53, 0x14, 0xe9, 0, 44, 0, 0}));
}

TEST(Headers, ALengthShorterThanTheHeaderDoesNotWrap) {
  event::Tuple tuple = tx().inner_udp("fd00::1", 53, "fd00::2", 5353).build().inner;
  tuple.len = 3;
  EXPECT_EQ(headers_of(tuple)[5], 0);
}

}  // namespace
}  // namespace wgt::filter
