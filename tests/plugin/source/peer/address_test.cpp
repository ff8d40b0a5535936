// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/address.h"

#include <gtest/gtest.h>

#include "plugin/source/peer/dialer.h"
#include "tests/support/event_builder.h"

namespace wgt::session {
namespace {

TEST(HostPort, TakesWhatPeopleWrite) {
  const auto parsed = [](const char* text) {
    const HostPort at = parse_host_port(text).value();
    return at.host + " " + std::to_string(at.port);
  };
  EXPECT_EQ(parsed("b.example.net"), "b.example.net 51822");
  EXPECT_EQ(parsed("b:1"), "b 1");
  EXPECT_EQ(parsed("192.0.2.1:65535"), "192.0.2.1 65535");
  EXPECT_EQ(parsed("2001:db8::1"), "2001:db8::1 51822");
  EXPECT_EQ(parsed("[2001:db8::1]"), "2001:db8::1 51822");
  EXPECT_EQ(parsed("[2001:db8::1]:9"), "2001:db8::1 9");
}

TEST(HostPort, RefusesTheRest) {
  for (const char* text :
       {"", ":1", "b:", "b:0", "b:65536", "b:x", "b:1x", "[::1", "[::1]x", "[]:1"})
    EXPECT_FALSE(parse_host_port(text)) << text;
}

TEST(PairTarget, SshHasAnInterface) {
  const auto ssh = [](const char* text) { return std::get<SshTarget>(*parse_target(text, "wg0")); };
  EXPECT_EQ(ssh("ssh:root@b").host, "root@b");
  EXPECT_EQ(ssh("ssh:root@b").interface, "wg0");
  EXPECT_EQ(ssh("ssh:b/wg1").interface, "wg1");
  for (const char* text : {"ssh:", "ssh:/wg0", "ssh:-oProxyCommand=x", "ssh:b/", "ssh:b/-x",
                           "ssh:b/a;reboot", "ssh:b/$(x)", "ssh:b/a b"})
    EXPECT_FALSE(parse_target(text, "wg0")) << text;
}

TEST(Connection, ItsPacketsAreKnownBothWays) {
  const auto ip = [](const char* text) { return parse_ip(text).value(); };
  const Connection connection{{ip("10.0.0.1"), 40000, 0}, {ip("10.0.0.2"), 51822, 0}};
  const auto tcp = [](const char* from, std::uint16_t from_port, const char* to,
                      std::uint16_t to_port) {
    return test::tx().inner_tcp(from, from_port, to, to_port).build().inner;
  };
  EXPECT_TRUE(is_of(tcp("10.0.0.1", 40000, "10.0.0.2", 51822), connection));
  EXPECT_TRUE(is_of(tcp("10.0.0.2", 51822, "10.0.0.1", 40000), connection));
  EXPECT_FALSE(is_of(tcp("10.0.0.1", 40001, "10.0.0.2", 51822), connection));
  EXPECT_FALSE(is_of(tcp("10.0.0.1", 40000, "10.0.0.3", 51822), connection));
  EXPECT_FALSE(
      is_of(test::tx().inner_udp("10.0.0.1", 40000, "10.0.0.2", 51822).build().inner, connection));
}

TEST(Connection, AsSshdTellsIt) {
  const auto connection = connection_of_ssh("192.0.2.1 40000 2001:db8::2 22");
  ASSERT_TRUE(connection);
  EXPECT_EQ(to_string(connection->there), "192.0.2.1:40000");
  EXPECT_EQ(to_string(connection->here), "[2001:db8::2]:22");
  for (const char* text : {"", "192.0.2.1 40000", "x 1 y 2", "192.0.2.1 99999 192.0.2.2 22"})
    EXPECT_FALSE(connection_of_ssh(text)) << text;
}

}  // namespace
}  // namespace wgt::session
