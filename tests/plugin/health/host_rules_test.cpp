// SPDX-License-Identifier: GPL-2.0-only
// The interface and its host: each rule fires, nearly fires, and is silent without its facts.
#include <gtest/gtest.h>

#include "tests/plugin/health/host_builder.h"

namespace wgt::health {
namespace {

using test::Host;

TEST(HostRules, InterfaceDown) {
  Host host;
  host.up = false;
  EXPECT_EQ(host.ids(), "host.interface_down error");
}

TEST(HostRules, ThePortIsTaken) {
  Host host;
  host.up = false;
  host.device.listen_port = 51820;
  host.port_rival = PortRival{"wg7", true};
  EXPECT_EQ(host.ids(), "config.port_taken error,host.firewall info") << "and not only: it is down";
  EXPECT_NE(host.first().message.find("wg7 has its port 51820"), std::string::npos);
  host.port_rival->up = false;
  EXPECT_EQ(host.ids(), "host.interface_down error,host.firewall info");
  host.port_of_program = true;
  EXPECT_EQ(host.ids(), "config.port_taken error,host.firewall info");
  host.up = true;
  EXPECT_EQ(host.ids(), "config.port_taken info,host.firewall info");
}

TEST(HostRules, ASocketThatCannotBeFound) {
  Host host;
  host.socket_found = false;
  host.socket_away = true;
  host.endpoints.clear();
  EXPECT_EQ(host.ids(), "host.socket_unknown info");
}

TEST(HostRules, RpFilterInAFullTunnel) {
  Host host;
  host.device.fwmark = 51820;
  host.device.peers[0].allowed_ips = {{.address = {.version = 4}, .length = 0}};
  host.settings = {{"net.ipv4.conf.all.rp_filter", 0},
                   {"net.ipv4.conf.eth0.rp_filter", 1},
                   {"net.ipv4.conf.all.src_valid_mark", 0}};
  EXPECT_EQ(host.ids(), "host.rp_filter error");
  host.settings["net.ipv4.conf.all.src_valid_mark"] = 1;
  EXPECT_EQ(host.ids(), "");
  host.settings["net.ipv4.conf.all.src_valid_mark"] = 0;
  host.settings["net.ipv4.conf.all.rp_filter"] = 2;
  EXPECT_EQ(host.ids(), "") << "loose";
  host.settings.clear();
  EXPECT_EQ(host.ids(), "") << "not known";
}

TEST(HostRules, Forwarding) {
  Host host;
  host.settings = {{"net.ipv4.ip_forward", 0}, {"net.ipv6.conf.all.forwarding", 0}};
  EXPECT_EQ(host.ids(), "host.forwarding_off info") << "IPv6 is not used";
  host.settings["net.ipv4.ip_forward"] = 1;
  EXPECT_EQ(host.ids(), "");
}

TEST(HostRules, SaysWhatItCannotKnow) {
  Host host;
  host.device.listen_port = 51820;
  EXPECT_EQ(host.ids(), "host.firewall info");
}

}  // namespace
}  // namespace wgt::health
