// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/show_text.h"

#include <gtest/gtest.h>

#include <sstream>

#include "plugin/sink/text/printable.h"
#include "tests/plugin/sink/show_scene.h"

namespace wgt::sink {
namespace {

constexpr TextStyle kUtf8 = {.color = false, .utf8 = true};

std::string text_of(const explain::InterfaceView& interface, const TextStyle& style = kUtf8) {
  std::ostringstream out;
  show_text(out, interface, style);
  return "\n" + out.str();
}

TEST(ShowText, IsWgShowAndWhatWasCounted) {
  EXPECT_EQ(text_of(test::shown_interface()), R"(
interface: wg0 (netns red)
  public key: xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
  private key: (hidden)
  listening port: 51820
  fwmark: 0xca6c
  traced since: 2 minutes, 3 seconds ago
  drops, peer not known:
    tx.no_peer        12  3 seconds ago  10.0.0.1:43922→10.77.0.1:443
    rx.unknown_index   1  2 minutes ago

peer: hK7gZ1n0vQ3c9T2mWb5yXo8Lr4sDfJpE6uNiAaVtBkM=
  preshared key: (hidden)
  endpoint: 198.51.100.1:51821
  allowed ips: 10.0.0.2/32, fd00::2/128
  latest handshake: 41 seconds ago
  transfer: 1.21 KiB received, 148 B sent
  persistent keepalive: every 25 seconds
  round trip: 39.1 ms (handshake), 1.2 ms (paired session, 3 seconds ago)
  drops:
    outer_out NETFILTER_DROP    3  2 seconds ago
      outer 192.0.2.1:51820→198.51.100.1:51821
    rx.replay                 117
  latency:
    tx wg_xmit → outer_out     p50   ~12 µs  p99   ~99 µs  1234 packets
    rx wg_receive → delivered  p50  ~8.2 µs  p99  ~1.3 ms      1 packet
  sessions:
              here        there         age  sent  received
    current   0x0acc6a72  0x00000001   41 s   142       137  initiator
    previous  0x12345678  0x90abcdef  161 s     9         0  responder
)");
}

TEST(ShowText, SaysWhatThereIsNotOfAPeerThatIsNew) {
  explain::InterfaceView interface;
  interface.device.name = "wg1";
  interface.wall_ns = interface.traced_since_wall_ns = 5'000'000'000;
  interface.peers = {{.peer = {.public_key = test::kKeyB}}};
  EXPECT_EQ(text_of(interface), R"(
interface: wg1
  traced since: Now
  latency: (only measured while watched)

peer: hK7gZ1n0vQ3c9T2mWb5yXo8Lr4sDfJpE6uNiAaVtBkM=
  allowed ips: (none)
  drops: none
)");
}

TEST(ShowText, HasAtMost80ColumnsAndNothingThatSteersATerminal) {
  explain::InterfaceView interface = test::shown_interface();
  interface.netns = "a\x1b[2J";
  for (std::uint8_t i = 0; i < 40; i++)
    interface.peers[0].peer.allowed_ips.push_back(test::prefix("10.0.0.0", i % 33));
  const std::string text = text_of(interface, {.color = false, .utf8 = false});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80U) << line;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(ShowText, HasWgsColours) {
  const std::string text = text_of(test::shown_interface(), {.color = true, .utf8 = true});
  EXPECT_NE(text.find("\x1b[32m\x1b[1minterface\x1b[0m: \x1b[32mwg0\x1b[0m"), std::string::npos);
  EXPECT_NE(text.find("\x1b[33m\x1b[1mpeer\x1b[0m: \x1b[33mhK7g"), std::string::npos);
  EXPECT_NE(text.find("1.21 \x1b[36mKiB\x1b[0m received, 148 \x1b[36mB\x1b[0m sent"),
            std::string::npos);
}

TEST(ShowLossesText, SpeaksOnlyWhenSomethingIsLost) {
  std::ostringstream none;
  show_losses_text(none, {{"tx_table", 0}}, kUtf8);
  EXPECT_EQ(none.str(), "");
  std::ostringstream some;
  show_losses_text(some, {{"drops", 2}, {"rx_table", 0}, {"tx_table", 3}}, kUtf8);
  EXPECT_EQ(some.str(),
            "\nlost records: 5 (drops 2, tx_table 3)\n"
            "  Not every packet could be followed, so absence proves nothing.\n");
}

}  // namespace
}  // namespace wgt::sink
