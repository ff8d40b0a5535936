// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/device_parser.h"

#include <gtest/gtest.h>

#include "tests/wgtools/wg/device_bytes.h"

namespace wgt::wg {
namespace {

Result<Peer> parse_one_peer(const Attrs& peer) {
  WGT_TRY(Device device, parse({device_with({peer})}));
  return device.peers.at(0);
}

std::string text_of(const Peer& peer) {
  std::string text;
  for (const IpPrefix& prefix : peer.allowed_ips) text += to_string(prefix) + ' ';
  return text;
}

TEST(DeviceParser, ReadsADeviceWithOnePeer) {
  const auto device = parse({device_with({whole_peer(
      1, Attrs().nest(0, allowed_ip("10.0.0.1", 32)).nest(0, allowed_ip("fd00::", 64)))})});
  ASSERT_TRUE(device) << device.error().text;
  EXPECT_EQ(device->ifindex, 7U);
  EXPECT_EQ(device->name, "wg0");
  EXPECT_EQ(device->listen_port, 51820);
  EXPECT_EQ(device->fwmark, 0xca6cU);
  EXPECT_EQ(device->public_key.bytes, key_of(0xa0));
  EXPECT_TRUE(device->has_private_key);
  EXPECT_FALSE(device->inconsistent);
  ASSERT_EQ(device->peers.size(), 1U);
  const Peer& peer = device->peers[0];
  EXPECT_EQ(peer.public_key.bytes, key_of(1));
  EXPECT_TRUE(peer.has_preshared_key);
  ASSERT_TRUE(peer.endpoint);
  EXPECT_EQ(to_string(*peer.endpoint), "192.0.2.1:51820");
  EXPECT_EQ(peer.last_handshake_unix_s, 1'700'000'000);
  EXPECT_EQ(peer.last_handshake_ns, 123'456'789U);
  EXPECT_EQ(peer.tx_bytes, 0x1'0000'0002U);
  EXPECT_EQ(peer.rx_bytes, 148U);
  EXPECT_EQ(peer.persistent_keepalive_s, 25);
  EXPECT_EQ(peer.protocol_version, 1U);
  EXPECT_EQ(text_of(peer), "10.0.0.1/32 fd00::/64 ");
}

TEST(DeviceParser, ReadsADeviceWithoutKeyAndPeers) {
  const auto device =
      parse({Attrs().value(WGDEVICE_A_IFINDEX, std::uint32_t{7}).text(WGDEVICE_A_IFNAME, "wg0")});
  ASSERT_TRUE(device) << device.error().text;
  EXPECT_FALSE(device->has_private_key);
  EXPECT_TRUE(is_zero(device->public_key));
  EXPECT_TRUE(device->peers.empty());
}

TEST(DeviceParser, AnAllZeroKeyIsNoKey) {
  const auto peer = parse_one_peer(
      Attrs().value(WGPEER_A_PUBLIC_KEY, key_of(1)).value(WGPEER_A_PRESHARED_KEY, key_of(0)));
  ASSERT_TRUE(peer) << peer.error().text;
  EXPECT_FALSE(peer->has_preshared_key);
  EXPECT_FALSE(peer->endpoint);
  const auto device = parse({device_header().value(WGDEVICE_A_PRIVATE_KEY, key_of(0))});
  EXPECT_FALSE(device->has_private_key);
}

TEST(DeviceParser, CollectsPeersOverSeveralMessages) {
  const auto device = parse({device_with({whole_peer(1, ten_slash_24(1, 1))}),
                             peers_only({whole_peer(2, ten_slash_24(2, 2))}),
                             peers_only({whole_peer(3, ten_slash_24(3, 3))})});
  ASSERT_TRUE(device) << device.error().text;
  ASSERT_EQ(device->peers.size(), 3U);
  for (std::uint8_t i = 0; i < 3; ++i) {
    EXPECT_EQ(device->peers[i].public_key.bytes, key_of(static_cast<std::uint8_t>(i + 1)));
    EXPECT_EQ(text_of(device->peers[i]), "10.0." + std::to_string(i + 1) + ".0/24 ");
  }
}

TEST(DeviceParser, ContinuesAllowedIpsInTheNextMessages) {
  const auto device =
      parse({device_with({whole_peer(1, ten_slash_24(1, 1)), whole_peer(2, ten_slash_24(2, 3))}),
             peers_only({continued_peer(2, ten_slash_24(4, 4))}),
             peers_only({continued_peer(2, ten_slash_24(5, 5)), whole_peer(3, Attrs())})});
  ASSERT_TRUE(device) << device.error().text;
  ASSERT_EQ(device->peers.size(), 3U);
  EXPECT_EQ(text_of(device->peers[1]), "10.0.2.0/24 10.0.3.0/24 10.0.4.0/24 10.0.5.0/24 ");
  EXPECT_EQ(device->peers[1].rx_bytes, 148U) << "a continuation must not reset the peer";
  EXPECT_TRUE(device->peers[1].endpoint);
  EXPECT_TRUE(device->peers[1].has_preshared_key);
  EXPECT_EQ(text_of(device->peers[2]), "");
}

TEST(DeviceParser, AcceptsTheHeaderAgainWhenTheFirstPeerIsSplit) {
  const auto device = parse({device_with({whole_peer(1, ten_slash_24(1, 2))}),
                             device_with({continued_peer(1, ten_slash_24(3, 3))})});
  ASSERT_TRUE(device) << device.error().text;
  ASSERT_EQ(device->peers.size(), 1U);
  EXPECT_EQ(text_of(device->peers[0]), "10.0.1.0/24 10.0.2.0/24 10.0.3.0/24 ");
  EXPECT_EQ(device->name, "wg0");
}

TEST(DeviceParser, OnlyNeighboursAreOnePeer) {
  const auto device = parse({device_with({whole_peer(1, Attrs()), whole_peer(2, Attrs())}),
                             peers_only({continued_peer(1, ten_slash_24(1, 1))})});
  EXPECT_EQ(device->peers.size(), 3U);
}

TEST(DeviceParser, KeepsTheScopeOfIpv6Endpoints) {
  const auto peer = parse_one_peer(
      Attrs().value(WGPEER_A_PUBLIC_KEY, key_of(1)).value(WGPEER_A_ENDPOINT, ipv6_endpoint()));
  ASSERT_TRUE(peer) << peer.error().text;
  EXPECT_EQ(to_string(peer->endpoint.value()), "[fe80::1%2]:51821");
}

TEST(DeviceParser, AnEndpointOfNoKnownFamilyIsNone) {
  for (const int family : {AF_UNSPEC, AF_UNIX, AF_MAX}) {
    sockaddr_in address = ipv4_endpoint();
    address.sin_family = static_cast<sa_family_t>(family);
    const auto peer = parse_one_peer(
        Attrs().value(WGPEER_A_PUBLIC_KEY, key_of(1)).value(WGPEER_A_ENDPOINT, address));
    ASSERT_TRUE(peer) << peer.error().text;
    EXPECT_FALSE(peer->endpoint);
  }
}

TEST(DeviceParser, SkipsUnknownAttributesEverywhere) {
  const Attrs unknown = Attrs().value(200, std::uint64_t{1}).nest(201, Attrs());
  const auto device = parse(
      {device_header()
           .nest(300, unknown)
           .nest(
               WGDEVICE_A_PEERS,
               Attrs().nest(
                   0, Attrs()
                          .value(WGPEER_A_PUBLIC_KEY, key_of(1))
                          .nest(300, unknown)
                          .nest(WGPEER_A_ALLOWEDIPS,
                                Attrs().nest(0, allowed_ip("10.0.0.0", 8).nest(300, unknown)))))});
  ASSERT_TRUE(device) << device.error().text;
  EXPECT_EQ(text_of(device->peers.at(0)), "10.0.0.0/8 ");
}

TEST(DeviceParser, RefusesImpossibleValues) {
  const auto error_of = [](const Attrs& peer) {
    const auto result = parse_one_peer(peer);
    return result ? "accepted" : result.error().text;
  };
  const auto with_allowed_ip = [](const Attrs& entry) {
    return continued_peer(1, Attrs().nest(0, entry));
  };
  EXPECT_EQ(error_of(Attrs().value(WGPEER_A_RX_BYTES, std::uint64_t{1})),
            "WGPEER_A_PUBLIC_KEY: missing from a peer");
  EXPECT_EQ(error_of(continued_peer(1, Attrs())
                         .value(WGPEER_A_LAST_HANDSHAKE_TIME, __kernel_timespec{0, 1'000'000'000})),
            "WGPEER_A_LAST_HANDSHAKE_TIME: impossible nanoseconds");
  EXPECT_EQ(error_of(with_allowed_ip(allowed_ip("10.0.0.0", 33))),
            "WGALLOWEDIP_A_CIDR_MASK: not a prefix length of its family");
  EXPECT_EQ(error_of(with_allowed_ip(allowed_ip("fd00::", 129))),
            "WGALLOWEDIP_A_CIDR_MASK: not a prefix length of its family");
  EXPECT_EQ(error_of(with_allowed_ip(
                allowed_ip("10.0.0.0", 8).value(WGALLOWEDIP_A_FAMILY, std::uint16_t{AF_INET6}))),
            "WGALLOWEDIP_A_IPADDR: not an address of its family");
  EXPECT_EQ(error_of(with_allowed_ip(
                allowed_ip("10.0.0.0", 8).value(WGALLOWEDIP_A_FAMILY, std::uint16_t{AF_UNIX}))),
            "WGALLOWEDIP_A_FAMILY: neither IPv4 nor IPv6");
  EXPECT_EQ(error_of(with_allowed_ip(Attrs())), "WGALLOWEDIP_A_FAMILY: neither IPv4 nor IPv6");
}

TEST(DeviceParser, AnAnswerWithoutAnInterfaceIsCorrupt) {
  EXPECT_EQ(parse({}).error().text, "WGDEVICE_A_IFINDEX: missing from the answer");
  EXPECT_EQ(parse({Attrs().value(WGDEVICE_A_IFINDEX, std::uint32_t{7})}).error().text,
            "WGDEVICE_A_IFNAME: missing from the answer");
}

}  // namespace
}  // namespace wgt::wg
