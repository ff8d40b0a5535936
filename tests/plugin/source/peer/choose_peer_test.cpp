// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/choose_peer.h"

#include <gtest/gtest.h>

#include "tests/support/event_builder.h"

namespace wgt::session {
namespace {

using test::test_key;

wg::Peer peer(std::uint8_t key, const char* endpoint, const char* inside) {
  wg::Peer out;
  out.public_key = test_key(key);
  if (endpoint != nullptr) out.endpoint = Endpoint{parse_ip(endpoint).value(), 51820, 0};
  const IpAddress address = parse_ip(inside).value();
  out.allowed_ips = {{address, static_cast<std::uint8_t>(address.version == 4 ? 32 : 128)}};
  return out;
}

wg::Device hub() {
  wg::Device device;
  device.name = "wg0";
  device.peers = {peer(1, "192.0.2.1", "10.0.0.1"), peer(2, "192.0.2.2", "10.0.0.2"),
                  peer(3, "192.0.2.2", "10.0.0.3"), peer(4, nullptr, "fd00::4")};
  return device;
}

std::optional<wg::PublicKey> at(const char* address) {
  const auto chosen = choose_peer(hub(), std::nullopt, parse_ip(address).value());
  return chosen ? std::optional(*chosen) : std::nullopt;
}

TEST(ChoosePeer, TheOnlyOneNeedsNoAddress) {
  wg::Device device = hub();
  device.peers.resize(1);
  EXPECT_EQ(choose_peer(device, std::nullopt, std::nullopt).value(), test_key(1));
  EXPECT_EQ(choose_peer(device, std::nullopt, parse_ip("203.0.113.9").value()).value(),
            test_key(1));
}

TEST(ChoosePeer, ByItsEndpointOrItsAddressInside) {
  EXPECT_EQ(at("192.0.2.1"), test_key(1));
  EXPECT_EQ(at("10.0.0.3"), test_key(3));
  EXPECT_EQ(at("fd00::4"), test_key(4));
}

TEST(ChoosePeer, WhatIsNotClearHasToBeSaid) {
  EXPECT_FALSE(at("192.0.2.2"));
  EXPECT_FALSE(at("192.0.2.9"));
  EXPECT_FALSE(choose_peer(hub(), std::nullopt, std::nullopt));
  EXPECT_EQ(choose_peer(hub(), test_key(2), std::nullopt).value(), test_key(2));
  EXPECT_FALSE(choose_peer(hub(), test_key(9), parse_ip("192.0.2.1").value()));
  EXPECT_FALSE(choose_peer(wg::Device{}, std::nullopt, std::nullopt));
}

TEST(ChoosePeer, ARoutedNetworkIsNotAHost) {
  wg::Device device = hub();
  device.peers[0].allowed_ips = {{parse_ip("0.0.0.0").value(), 0}};
  EXPECT_FALSE(choose_peer(device, std::nullopt, parse_ip("198.51.100.7").value()));
}

}  // namespace
}  // namespace wgt::session
