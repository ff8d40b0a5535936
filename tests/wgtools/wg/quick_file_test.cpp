// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/quick_file.h"

#include <gtest/gtest.h>

namespace wgt::wg {
namespace {

constexpr const char* kKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

TEST(QuickFile, ReadsPeers) {
  const QuickFile file =
      parse_quick_file(std::string("[Interface]\nPrivateKey = ") + kKey +
                       "\nPostUp = ip = x\n\n[Peer] # b\n publickey=" + kKey +
                       "\r\nAllowedIPs = 10.0.0.9/24, fd00::/64,10.1.1.1\n"
                       "AllowedIPs=192.168.0.0/16\nEndpoint = vpn.example:51820\n");
  ASSERT_EQ(file.peers.size(), 1U);
  const QuickPeer& peer = file.peers[0];
  EXPECT_EQ(to_base64(peer.public_key), kKey);
  ASSERT_EQ(peer.allowed_ips.size(), 4U);
  EXPECT_EQ(to_string(peer.allowed_ips[0]), "10.0.0.0/24") << "without host bits, as in the kernel";
  EXPECT_EQ(to_string(peer.allowed_ips[1]), "fd00::/64");
  EXPECT_EQ(to_string(peer.allowed_ips[2]), "10.1.1.1/32");
  EXPECT_EQ(to_string(peer.allowed_ips[3]), "192.168.0.0/16");
  EXPECT_EQ(peer.endpoint_host, "vpn.example");
  EXPECT_EQ(peer.endpoint_port, 51820);
}

TEST(QuickFile, TakesAnIpv6Endpoint) {
  const QuickFile file =
      parse_quick_file(std::string("[Peer]\nPublicKey=") + kKey + "\nEndpoint=[2001:db8::1]:1");
  ASSERT_EQ(file.peers.size(), 1U);
  EXPECT_EQ(file.peers[0].endpoint_host, "2001:db8::1");
  EXPECT_EQ(file.peers[0].endpoint_port, 1);
}

TEST(QuickFile, SkipsWhatItDoesNotUnderstand) {
  EXPECT_TRUE(parse_quick_file("").peers.empty());
  EXPECT_TRUE(parse_quick_file("[Peer]\nAllowedIPs = 10.0.0.0/8\n").peers.empty()) << "no key";
  EXPECT_TRUE(parse_quick_file(std::string("PublicKey=") + kKey).peers.empty()) << "no section";
  const QuickFile file = parse_quick_file(std::string("[PEER]\nPublicKey=") + kKey +
                                          "\nAllowedIPs=10.0.0.0/33,x,,1.2.3.4/-1\nEndpoint=a\n"
                                          "Endpoint = b:99999\n=\nnonsense");
  ASSERT_EQ(file.peers.size(), 1U);
  EXPECT_TRUE(file.peers[0].allowed_ips.empty());
  EXPECT_TRUE(file.peers[0].endpoint_host.empty());
}

TEST(QuickFile, ThatIsNotThereIsNoError) {
  const auto file = read_quick_file("no-such-interface");
  ASSERT_TRUE(file);
  EXPECT_FALSE(*file);
}

}  // namespace
}  // namespace wgt::wg
