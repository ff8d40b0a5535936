// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/show_dump.h"

#include <gtest/gtest.h>

#include <sstream>

namespace wgt::sink {
namespace {

std::string dump(const explain::InterfaceView& interface) {
  std::ostringstream out;
  show_dump(out, interface);
  return out.str();
}

TEST(ShowDump, HasTheColumnsOfWgAndTheDropsBehindThem) {
  explain::InterfaceView interface;
  interface.device.public_key.bytes[0] = 1;
  interface.device.has_private_key = true;
  interface.device.listen_port = 51820;
  interface.device.fwmark = 0xca6c;
  interface.drops = {{.count = 2}, {.count = 3}};
  explain::PeerSection section;
  section.peer.public_key.bytes[0] = 2;
  section.peer.has_preshared_key = true;
  section.peer.endpoint = Endpoint{.address = *parse_ip("fd00::1"), .port = 1};
  section.peer.allowed_ips = {{.address = *parse_ip("10.0.0.0"), .length = 8},
                              {.address = *parse_ip("::"), .length = 0}};
  section.peer.last_handshake_unix_s = 17;
  section.peer.rx_bytes = 92;
  section.peer.tx_bytes = 148;
  section.peer.persistent_keepalive_s = 25;
  section.drops = {{.count = 7}};
  interface.peers = {section};
  EXPECT_EQ(dump(interface),
            "(hidden)\tAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\t51820\t0xca6c\t5\n"
            "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\t(hidden)\t[fd00::1]:1\t"
            "10.0.0.0/8,::/0\t17\t92\t148\t25\t7\n");
}

TEST(ShowDump, SaysWhatThereIsNot) {
  explain::InterfaceView interface;
  interface.peers.emplace_back();
  EXPECT_EQ(
      dump(interface),
      "(none)\t(none)\t0\toff\t0\n"
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\t(none)\t(none)\t(none)\t0\t0\t0\toff\t0\n");
}

}  // namespace
}  // namespace wgt::sink
