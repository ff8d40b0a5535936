// SPDX-License-Identifier: GPL-2.0-only
// The wg-quick file against the interface: what is said of each that differs, and of nothing else.
#include <gtest/gtest.h>

#include "plugin/health/host_facts.h"
#include "tests/plugin/health/facts_builder.h"

namespace wgt::health {
namespace {

using test::key;

struct Both : HostFacts {
  Both() {
    interface = "wg0";
    up = true;
    device.listen_port = 0;
    device.has_private_key = true;
    device.public_key = key(9);
    wg::Peer peer;
    peer.public_key = key(1);
    device.peers = {peer};
    file = wg::QuickFile{.peers = {{.public_key = key(1), .line = 3}}};
  }
  wg::QuickFile& in_file() { return *file; }
  wg::QuickPeer& section() { return file->peers[0]; }
  std::string ids() const { return test::ids(check_host(*this).findings); }
  std::string message() const { return check_host(*this).findings.at(0).message; }
};

TEST(FileRules, TheSameOnBothSides) { EXPECT_EQ(Both().ids(), ""); }

TEST(FileRules, APeerThatWasNeverLoaded) {
  Both both;
  both.device.peers.clear();
  EXPECT_EQ(both.ids(), "config.differs_from_file warning");
  EXPECT_NE(both.message().find("(line 3) is no peer of wg0"), std::string::npos);
}

TEST(FileRules, OwnKeyAsAPeer) {
  Both both;
  both.section().public_key = key(9);
  EXPECT_EQ(both.ids(), "config.own_key_as_peer warning");
  both.device.has_private_key = false;
  both.in_file().public_key = key(9);
  EXPECT_EQ(both.ids(), "config.own_key_as_peer warning") << "by the PrivateKey of the file";
}

TEST(FileRules, OneKeyInTwoSections) {
  Both both;
  both.in_file().peers.push_back(both.section());
  both.in_file().peers[1].line = 8;
  both.section().persistent_keepalive_s = 25;  // which the later section takes back
  EXPECT_EQ(both.ids(), "config.duplicate_peer warning");
  EXPECT_NE(both.message().find("lines 3 and 8"), std::string::npos);
}

TEST(FileRules, TheInterfaceDiffers) {
  Both both;
  both.in_file().listen_port = 51821;
  both.device.listen_port = 51820;
  EXPECT_EQ(both.ids(), "config.differs_from_file warning,host.firewall info");
  EXPECT_NE(both.message().find("ListenPort is 51821 in it, and 51820 now"), std::string::npos);
  both.in_file().listen_port = 0;
  EXPECT_EQ(both.ids(), "host.firewall info") << "any";
  both.in_file().fwmark = 7;
  EXPECT_EQ(both.ids(), "config.differs_from_file warning,host.firewall info");
  both.in_file().fwmark = 0;
  both.device.fwmark = 51820;
  EXPECT_EQ(both.ids(), "host.firewall info") << "wg-quick chose one";
  both.in_file().public_key = key(8);
  EXPECT_EQ(both.ids(), "config.differs_from_file warning,host.firewall info");
}

TEST(FileRules, APeerDiffers) {
  Both both;
  both.section().persistent_keepalive_s = 25;
  EXPECT_EQ(both.ids(), "config.differs_from_file warning");
  EXPECT_NE(both.message().find("PersistentKeepalive is 25 in it, and off now"), std::string::npos);
  both.section().persistent_keepalive_s = 0;
  both.section().has_preshared_key = true;
  EXPECT_EQ(both.ids(), "config.differs_from_file warning");
}

TEST(FileRules, WhatIsRefusedIsAllThatIsSaid) {
  Both both;
  both.in_file() = wg::parse_quick_file("[Interface]\nListenPort = 5x\n");
  both.device.listen_port = 7;
  EXPECT_EQ(both.ids(), "config.file_refused warning,host.firewall info");
  EXPECT_EQ(both.message(),
            "Line 2 of /etc/wireguard/wg0.conf is refused by wg or wg-quick, and so the whole "
            "file: 5x is no port (ListenPort)");
}

}  // namespace
}  // namespace wgt::health
