// SPDX-License-Identifier: GPL-2.0-only
//
// The parser against broken answers (for the address and undefined-behaviour sanitizers as much as
// for what it returns), and against keeping secrets.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>

#include "tests/wgtools/wg/device_bytes.h"
#include "wgtools/wg/device_parser.h"
#include "wgtools/wg/netlink_reply.h"

namespace wgt::wg {
namespace {

// Every kind of attribute and both kinds of message.
std::vector<Attrs> rich_answer() {
  Attrs second = whole_peer(2, ten_slash_24(1, 3));
  second.value(WGPEER_A_ENDPOINT, ipv6_endpoint());
  return {device_with({whole_peer(1, Attrs().nest(0, allowed_ip("fd00::", 64))), second}),
          peers_only({continued_peer(2, ten_slash_24(4, 5))})};
}

ByteVector rich_datagram() {
  const std::vector<Attrs> answer = rich_answer();
  return test::datagram(
      {generic_message(answer[0]), generic_message(answer[1]), test::done_message(0)});
}

// What get_device() does with a datagram.
Result<Device> parse_datagram(const ByteVector& bytes) {
  NetlinkReply reply(1);
  DeviceParser parser;
  WGT_TRY(const bool complete,
          reply.read(bytes, [&parser](Bytes message) { return parser.add(message); }));
  if (!complete) return make_error(Errc::kTimeout, "incomplete");
  return std::move(parser).finish();
}

bool blames(std::string_view attribute, const Result<Device>& result) {
  return !result && result.error().code == Errc::kCorrupt &&
         result.error().text.starts_with(attribute);
}

TEST(DeviceParserHostile, CutDatagramsAreNeverADevice) {
  const ByteVector whole = rich_datagram();
  ASSERT_TRUE(parse_datagram(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const ByteVector cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_FALSE(parse_datagram(cut)) << length;
  }
}

// Here the message's own length agrees with the cut, so that the attributes are what is broken.
TEST(DeviceParserHostile, CutMessagesAreRefusedOrEndBetweenAttributes) {
  const ByteVector whole = generic_message(rich_answer()[0]);
  int accepted = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const ByteVector cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    DeviceParser parser;
    const auto result = parser.add(cut);
    if (result) {
      ++accepted;
    } else {
      EXPECT_EQ(result.error().code, Errc::kCorrupt);
    }
  }
  // After the two headers and after each of the six attributes before the peers; the listen port
  // also with a part of its padding and without any. The nested peers are all or nothing.
  EXPECT_EQ(accepted, 9);
}

TEST(DeviceParserHostile, SurvivesEveryChangedByte) {
  const ByteVector whole = rich_datagram();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int flip : {0x01, 0x04, 0x7f, 0x80, 0xff}) {
      ByteVector changed = whole;
      changed[at] ^= static_cast<std::byte>(flip);
      const auto device = parse_datagram(changed);
      if (!device) continue;
      for (const Peer& peer : device->peers) {
        EXPECT_LT(peer.last_handshake_ns, 1'000'000'000U);
        for (const IpPrefix& prefix : peer.allowed_ips) {
          EXPECT_LE(prefix.length, prefix.address.version == 4 ? 32 : 128);
        }
      }
    }
  }
}

template <class T>
void append_object(std::string& bytes, const T& object) {
  bytes.append(reinterpret_cast<const char*>(&object), sizeof(object));
}

TEST(DeviceParserHostile, KeepsNoByteOfAPrivateOrPresharedKey) {
  DeviceParser parser;
  for (const Attrs& attrs : rich_answer()) ASSERT_TRUE(parser.add(generic_message(attrs)));
  std::string kept;
  append_object(kept, parser);
  const Device device = std::move(parser).finish().value();
  append_object(kept, device);
  kept += device.name;
  for (const Peer& peer : device.peers) {
    append_object(kept, peer);
    for (const IpPrefix& prefix : peer.allowed_ips) append_object(kept, prefix);
  }
  EXPECT_TRUE(device.has_private_key);
  EXPECT_TRUE(device.peers.at(0).has_preshared_key);
  for (const std::uint8_t secret : {kPrivate, kPreshared}) {
    EXPECT_EQ(kept.find(std::string(4, static_cast<char>(secret))), std::string::npos);
  }
  EXPECT_NE(kept.find(std::string(32, '\x01')), std::string::npos) << "the search must work";
}

TEST(DeviceParserHostile, ErrorsDoNotQuoteKeys) {
  for (const std::size_t length : {31U, 33U}) {
    const ByteVector payload(length, std::byte{'k'});
    const auto device = parse({Attrs().raw(WGDEVICE_A_PRIVATE_KEY, payload)});
    EXPECT_EQ(device.error().text.find("kk"), std::string::npos);
  }
}

struct SizedAttr {
  std::uint16_t type;
  std::size_t length_bytes;
  std::string_view name;
};

// Every length but the right one, for an attribute filled with `fill`.
void expect_only_length(const SizedAttr& sized, std::byte fill,
                        const std::function<Result<Device>(const Attrs&)>& parse_with) {
  for (std::size_t length = 0; length <= sized.length_bytes + 5; ++length) {
    if (length == sized.length_bytes) continue;
    const ByteVector payload(length, fill);
    EXPECT_TRUE(blames(sized.name, parse_with(Attrs().raw(sized.type, payload)))) << length;
  }
}

TEST(DeviceParserHostile, RefusesWrongLengthsOfDeviceAttributes) {
  for (const SizedAttr& sized : {SizedAttr{WGDEVICE_A_IFINDEX, 4, "WGDEVICE_A_IFINDEX"},
                                 SizedAttr{WGDEVICE_A_PRIVATE_KEY, 32, "WGDEVICE_A_PRIVATE_KEY"},
                                 SizedAttr{WGDEVICE_A_PUBLIC_KEY, 32, "WGDEVICE_A_PUBLIC_KEY"},
                                 SizedAttr{WGDEVICE_A_LISTEN_PORT, 2, "WGDEVICE_A_LISTEN_PORT"},
                                 SizedAttr{WGDEVICE_A_FWMARK, 4, "WGDEVICE_A_FWMARK"}}) {
    expect_only_length(sized, std::byte{1}, [](const Attrs& attr) { return parse({attr}); });
  }
  for (const std::string_view name : {"", "sixteen--letters"}) {
    EXPECT_EQ(parse({Attrs().text(WGDEVICE_A_IFNAME, name)}).error().text,
              "WGDEVICE_A_IFNAME: not an interface name");
  }
}

TEST(DeviceParserHostile, RefusesWrongLengthsOfPeerAttributes) {
  const auto parse_peer = [](const Attrs& attr) { return parse({device_with({attr})}); };
  for (const SizedAttr& sized :
       {SizedAttr{WGPEER_A_PUBLIC_KEY, 32, "WGPEER_A_PUBLIC_KEY"},
        SizedAttr{WGPEER_A_PRESHARED_KEY, 32, "WGPEER_A_PRESHARED_KEY"},
        SizedAttr{WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, 2,
                  "WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL"},
        SizedAttr{WGPEER_A_LAST_HANDSHAKE_TIME, 16, "WGPEER_A_LAST_HANDSHAKE_TIME"},
        SizedAttr{WGPEER_A_RX_BYTES, 8, "WGPEER_A_RX_BYTES"},
        SizedAttr{WGPEER_A_TX_BYTES, 8, "WGPEER_A_TX_BYTES"},
        SizedAttr{WGPEER_A_PROTOCOL_VERSION, 4, "WGPEER_A_PROTOCOL_VERSION"}}) {
    expect_only_length(sized, std::byte{0}, parse_peer);
  }
  const auto endpoint = [&](std::uint16_t family, std::size_t length) {
    ByteVector payload;
    test::append_raw(payload, &family, sizeof(family));
    payload.resize(length);
    return parse_peer(Attrs().raw(WGPEER_A_ENDPOINT, payload));
  };
  for (std::size_t length = sizeof(sa_family_t); length < 40; ++length) {
    if (length != sizeof(sockaddr_in)) {
      EXPECT_TRUE(blames("WGPEER_A_ENDPOINT", endpoint(AF_INET, length))) << length;
    }
    if (length != sizeof(sockaddr_in6)) {
      EXPECT_TRUE(blames("WGPEER_A_ENDPOINT", endpoint(AF_INET6, length))) << length;
    }
  }
  for (std::size_t length = 0; length < sizeof(sa_family_t); ++length) {
    EXPECT_TRUE(blames("WGPEER_A_ENDPOINT", endpoint(AF_UNSPEC, length))) << length;
  }
}

TEST(DeviceParserHostile, RefusesWrongLengthsOfAllowedIpAttributes) {
  const auto parse_allowed_ip = [](const Attrs& attr) {
    return parse({device_with({continued_peer(1, Attrs().nest(0, attr))})});
  };
  expect_only_length({WGALLOWEDIP_A_FAMILY, 2, "WGALLOWEDIP_A_FAMILY"}, std::byte{2},
                     parse_allowed_ip);
  expect_only_length({WGALLOWEDIP_A_CIDR_MASK, 1, "WGALLOWEDIP_A_CIDR_MASK"}, std::byte{8},
                     parse_allowed_ip);
  for (std::size_t length = 0; length < 20; ++length) {
    if (length == 4 || length == 16) continue;
    const ByteVector payload(length);
    EXPECT_TRUE(blames("WGALLOWEDIP_A_IPADDR",
                       parse_allowed_ip(Attrs().raw(WGALLOWEDIP_A_IPADDR, payload))))
        << length;
  }
}

}  // namespace
}  // namespace wgt::wg
