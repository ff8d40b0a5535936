// SPDX-License-Identifier: GPL-2.0-only
// Golden texts: whoever changes how a block looks sees it here as an operator would.
#include "plugin/sink/text/block_sink.h"

#include <gtest/gtest.h>

#include "tests/plugin/sink/render.h"

namespace wgt::sink {
namespace {

using test::block;
using test::Scene;

TEST(BlockSink, Delivered) {
  EXPECT_EQ(block(test::delivered()), R"(
tcp 10.0.0.1:43922 → 10.0.0.2:443  84 bytes                session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0…                 2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          enters wg0
│   14.2 µs   +14.2 µs  encrypt          gets number 2
│   17.3 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│   19.5 µs    +2.2 µs  outer_out        handed to the network
┆ udp 192.0.2.1:51820 → 198.51.100.1:51821  156 bytes
┆ 420.0 µs ± 50.0 µs on the way
receiver b, wg0 from peer xTIBA5rb…               2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_receive       reaches WireGuard
│   11.8 µs   +11.8 µs  decrypt          decrypted
│   12.4 µs    +0.6 µs  replay           not seen before
│   13.0 µs    +0.6 µs  allowed_ips      source is the peer's own
│   13.9 µs    +0.9 µs  delivered        handed to the inner stack
✓ delivered in 453.4 µs ± 50.0 µs
)");
}

TEST(BlockSink, DeliveredWithIpv6InIpv4) {
  Scene scene = test::delivered();
  test::set_inner(scene, test::tx().inner_tcp("fd09:1234:5678:9abc:def0:1234:5678:9abc", 43922,
                                              "fd09:1234:5678:9abc:def0:1234:5678:9abd", 443));
  EXPECT_EQ(block(scene), R"(
tcp [fd09:1234:5678:9abc:def0:1234:5678:9abc]:43922
  → [fd09:1234:5678:9abc:def0:1234:5678:9abd]:443  84 bytes
  session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0…                 2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          enters wg0
│   14.2 µs   +14.2 µs  encrypt          gets number 2
│   17.3 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│   19.5 µs    +2.2 µs  outer_out        handed to the network
┆ udp 192.0.2.1:51820 → 198.51.100.1:51821  156 bytes
┆ 420.0 µs ± 50.0 µs on the way
receiver b, wg0 from peer xTIBA5rb…               2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_receive       reaches WireGuard
│   11.8 µs   +11.8 µs  decrypt          decrypted
│   12.4 µs    +0.6 µs  replay           not seen before
│   13.0 µs    +0.6 µs  allowed_ips      source is the peer's own
│   13.9 µs    +0.9 µs  delivered        handed to the inner stack
✓ delivered in 453.4 µs ± 50.0 µs
)");
}

TEST(BlockSink, DeliveredOverIpv6OnOneHost) {
  Scene scene = test::delivered();
  for (event::HostInfo& host : scene.hosts) host.hostname = "vm";
  scene.hosts[0].devices[0].netns = "a";
  scene.hosts[1].devices[0].netns = "b";
  test::set_inner(scene, test::tx().inner_ping("10.0.0.1", "10.0.0.2", 4711, 1));
  test::set_outer(scene, test::tx().outer_udp("2001:db8:1234:5678:9abc:def0:1234:5678", 51820,
                                              "2001:db8:1234:5678:9abc:def0:1234:5679", 51821));
  scene.path.network->error_ns = 0;
  EXPECT_EQ(block(scene), R"(
icmp 10.0.0.1 → 10.0.0.2  echo request id 4711 seq 1  84 bytes
  session 0x0acc76a2 #2
sender   vm/a, wg0 to peer hK7gZ1n0…              2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          enters wg0
│   14.2 µs   +14.2 µs  encrypt          gets number 2
│   17.3 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│   19.5 µs    +2.2 µs  outer_out        handed to the network
┆ udp [2001:db8:1234:5678:9abc:def0:1234:5678]:51820
┆   → [2001:db8:1234:5678:9abc:def0:1234:5679]:51821  84 bytes
┆ 420.0 µs on the way (one host, one clock)
receiver vm/b, wg0 from peer xTIBA5rb…            2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_receive       reaches WireGuard
│   11.8 µs   +11.8 µs  decrypt          decrypted
│   12.4 µs    +0.6 µs  replay           not seen before
│   13.0 µs    +0.6 µs  allowed_ips      source is the peer's own
│   13.9 µs    +0.9 µs  delivered        handed to the inner stack
✓ delivered in 453.4 µs
)");
}

TEST(BlockSink, Nat) {
  Scene scene = test::delivered();
  scene.rx().outer =
      test::rx().outer_udp("203.0.113.9", 40001, "198.51.100.1", 51821).build().outer;
  EXPECT_EQ(block(scene), R"(
tcp 10.0.0.1:43922 → 10.0.0.2:443  84 bytes                session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0…                 2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          enters wg0
│   14.2 µs   +14.2 µs  encrypt          gets number 2
│   17.3 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│   19.5 µs    +2.2 µs  outer_out        handed to the network
┆ udp 192.0.2.1:51820 → 198.51.100.1:51821  156 bytes
┆ 420.0 µs ± 50.0 µs on the way
receiver b, wg0 from peer xTIBA5rb…               2026-11-21 12:03:11.482913 UTC
│ arrives as 203.0.113.9:40001 (NAT)
│    0.0 µs             wg_receive       reaches WireGuard
│   11.8 µs   +11.8 µs  decrypt          decrypted
│   12.4 µs    +0.6 µs  replay           not seen before
│   13.0 µs    +0.6 µs  allowed_ips      source is the peer's own
│   13.9 µs    +0.9 µs  delivered        handed to the inner stack
✓ delivered in 453.4 µs ± 50.0 µs
)");
}

TEST(BlockSink, NatOfBothEnds) {
  Scene scene = test::delivered();
  scene.rx().outer = test::rx().outer_udp("203.0.113.9", 40001, "10.1.1.1", 51821).build().outer;
  EXPECT_NE(block(scene).find("\n│ arrives as 203.0.113.9:40001 → 10.1.1.1:51821 (NAT)\n"),
            std::string::npos);
  scene.rx().outer = test::rx().outer_udp("192.0.2.1", 51820, "10.1.1.1", 51821).build().outer;
  EXPECT_NE(block(scene).find("\n│ arrives at 10.1.1.1:51821 (NAT)\n"), std::string::npos);
}

TEST(BlockSink, SenderNotWatched) {
  Scene scene = test::delivered();
  scene.path.tx.reset();
  scene.path.network.reset();
  EXPECT_EQ(block(scene), R"(
tcp 10.0.0.1:43922 → 10.0.0.2:443  84 bytes                session 0x0acc76a2 #2
receiver b, wg0 from peer xTIBA5rb…               2026-11-21 12:03:11.482913 UTC
│ arrives from 192.0.2.1:51820 at 198.51.100.1:51821
│    0.0 µs             wg_receive       reaches WireGuard
│   11.8 µs   +11.8 µs  decrypt          decrypted
│   12.4 µs    +0.6 µs  replay           not seen before
│   13.0 µs    +0.6 µs  allowed_ips      source is the peer's own
│   13.9 µs    +0.9 µs  delivered        handed to the inner stack
✓ delivered (the sender was not watched)
)");
}

TEST(BlockSink, SegmentOfASuperPacket) {
  Scene scene = test::delivered();
  scene.tx().gso_segment = 2;
  scene.tx().gso_segments = 5;
  EXPECT_NE(block(scene).find("\n│ packet 3 of 5 that the stack handed over as one (GSO)\n"),
            std::string::npos);
}

TEST(BlockSink, Keepalive) {
  Scene scene = test::delivered();
  scene.tx().inner = scene.rx().inner = {};
  scene.tx().hop_ns[event::Sent::kWgXmit] = 0;
  scene.refuse(event::VerdictId::KEEPALIVE, event::Received::kReplay);
  EXPECT_EQ(block(scene), R"(
keepalive                                                  session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0…                 2026-11-21 12:03:11.482927 UTC
│    0.0 µs             encrypt          gets number 2
│    3.1 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│    5.3 µs    +2.2 µs  outer_out        handed to the network
┆ udp 192.0.2.1:51820 → 198.51.100.1:51821  156 bytes
┆ 420.0 µs ± 50.0 µs on the way
receiver b, wg0 from peer xTIBA5rb…               2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_receive       reaches WireGuard
│   11.8 µs   +11.8 µs  decrypt          decrypted
│   12.4 µs    +0.6 µs  replay           not seen before
✓ keepalive in 437.7 µs ± 50.0 µs
  An empty message, by design: it keeps the session and the way through NAT
  open.
)");
}

TEST(BlockSink, Ascii) {
  EXPECT_EQ(block(test::delivered(), test::kAscii), R"(
tcp 10.0.0.1:43922 -> 10.0.0.2:443  84 bytes               session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0...               2026-11-21 12:03:11.482913 UTC
|    0.0 us             wg_xmit          enters wg0
|   14.2 us   +14.2 us  encrypt          gets number 2
|   17.3 us    +3.1 us  udp_tunnel_xmit  encrypted, wrapped in UDP
|   19.5 us    +2.2 us  outer_out        handed to the network
: udp 192.0.2.1:51820 -> 198.51.100.1:51821  156 bytes
: 420.0 us +- 50.0 us on the way
receiver b, wg0 from peer xTIBA5rb...             2026-11-21 12:03:11.482913 UTC
|    0.0 us             wg_receive       reaches WireGuard
|   11.8 us   +11.8 us  decrypt          decrypted
|   12.4 us    +0.6 us  replay           not seen before
|   13.0 us    +0.6 us  allowed_ips      source is the peer's own
|   13.9 us    +0.9 us  delivered        handed to the inner stack
OK delivered in 453.4 us +- 50.0 us
)");
}

TEST(BlockSink, LongNamesAreFoldedNotCut) {
  Scene scene = test::disallowed_source();
  scene.hosts[1].hostname = std::string(64, 'h');
  scene.hosts[1].devices[0].netns = std::string(255, 'n');
  scene.hosts[1].devices[0].name = "wg-fifteen-char";
  std::string unfolded;
  for (const char c : block(scene))
    if (c != '\n' && c != ' ') unfolded += c;
  EXPECT_NE(unfolded.find(std::string(64, 'h') + "/" + std::string(255, 'n')), std::string::npos);
}

TEST(BlockSink, BlocksAreKeptApart) {
  std::ostringstream out;
  BlockSink writer(out, test::kUtf8);
  writer.path(test::delivered().view());
  writer.path(test::delivered().view());
  writer.summary({.paths = 2, .by_verdict = {{"delivered", 2}}});
  const std::string text = out.str();
  EXPECT_FALSE(text.starts_with("\n"));
  EXPECT_NE(text.find("\n\ntcp "), std::string::npos);
  EXPECT_TRUE(text.ends_with("\n\n2 paths: 2 delivered; 0 filtered; 0 lost\n"));
}

}  // namespace
}  // namespace wgt::sink
