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

TEST(QuickFile, ReadsTheInterface) {
  // Private key and public key: RFC 7748, section 6.1 (Alice's).
  const QuickFile file = parse_quick_file(
      "[interface]\nAddress = 10.0.0.1/24\nlistenport = 518 20\nFwMark = 0xca6c # mark\n"
      "Table = off\nPrivateKey = dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n");
  EXPECT_TRUE(file.problems.empty());
  EXPECT_EQ(file.listen_port, 51820) << "wg strips spaces inside values";
  EXPECT_EQ(file.fwmark, 0xca6c);
  EXPECT_EQ(file.table, "off");
  ASSERT_TRUE(file.public_key);
  EXPECT_EQ(to_base64(*file.public_key), "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=");
}

TEST(QuickFile, KeepsBothSectionsOfOneKey) {
  const std::string peer = std::string("[Peer]\nPublicKey=") + kKey + "\nPresharedKey=" + kKey +
                           "\nPersistentKeepalive=25\n";
  const QuickFile file = parse_quick_file(peer + peer);
  ASSERT_EQ(file.peers.size(), 2U);
  EXPECT_EQ(file.peers[1].line, 5U);
  EXPECT_EQ(file.peers[1].persistent_keepalive_s, 25);
  EXPECT_TRUE(file.peers[1].has_preshared_key);
}

TEST(QuickFile, NeverShowsWhatMayBeAKey) {
  const std::string key = kKey;
  for (const std::string& line :
       {"PrivateKy = " + key, "PrivateKey = " + key + key, key, "ListenPort = 5PrivateKey=" + key,
        "PrivateKey" + key, "PrivateKey = " + key.substr(1), "SaveConfig = " + key}) {
    const QuickFile file = parse_quick_file("[Interface]\n" + line);
    ASSERT_EQ(file.problems.size(), 1U) << line;
    EXPECT_EQ(file.problems[0].line, 2U);
    EXPECT_EQ((file.problems[0].word + file.problems[0].why).find(key.substr(4, 8)),
              std::string::npos)
        << file.problems[0].word;
  }
}

TEST(QuickFile, IsBounded) {
  std::string text = "[Peer]\n";
  for (int i = 0; i < 1000; i++) text += "AllowedIPs = x\n" + std::string(1000, '!') + "\n";
  const QuickFile file = parse_quick_file(text);
  EXPECT_EQ(file.problems.size(), kMostProblems);
  for (const QuickProblem& problem : file.problems) EXPECT_LE(problem.word.size(), kMostWordBytes);
}

TEST(QuickFile, SurvivesAnyBytes) {
  std::uint32_t random = 1;
  const std::string_view parts[] = {
      "[Peer]\n", "[Interface]\n", "AllowedIPs=", "Endpoint=[", "]:", "=",  "\n", ",", "/",
      "#",        "Table",         "\xff",        "25",         "%",  "::1"};
  for (int round = 0; round < 5000; round++) {
    std::string text;
    for (int i = 0; i < 12; i++) {
      random = random * 1664525 + 1013904223;
      text += parts[(random >> 16U) % std::size(parts)];
    }
    text += '\0';
    const QuickFile file = parse_quick_file(text);
    for (const QuickProblem& problem : file.problems) EXPECT_NE(problem.line, 0U);
  }
}

TEST(QuickFile, ThatIsNotThereIsNoError) {
  const auto file = read_quick_file("no-such-interface");
  ASSERT_TRUE(file);
  EXPECT_FALSE(*file);
}

}  // namespace
}  // namespace wgt::wg
