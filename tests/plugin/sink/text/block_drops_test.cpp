// SPDX-License-Identifier: GPL-2.0-only
// Golden texts of packets that died; the others are in block_writer_test.cpp.
#include <gtest/gtest.h>

#include <cerrno>

#include "plugin/explain/reason_name.h"
#include "plugin/sink/text/block_sink.h"
#include "tests/plugin/sink/render.h"

namespace wgt::sink {
namespace {

using test::block;
using test::Scene;

TEST(BlockWriterDrops, DisallowedSource) {
  EXPECT_EQ(block(test::disallowed_source()), R"(
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
✗ rx.disallowed_source at allowed_ips
  b decrypted it, then refused its source 10.0.0.1: not in the AllowedIPs of
  peer xTIBA5rb… (10.9.9.9/32).
  what to do: Add 10.0.0.1 to the AllowedIPs of peer xTIBA5rb…; the command sets
  the whole list. On b:
wg set wg0 peer xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= allowed-ips 10.9.9.9/32,10.0.0.1/32
)");
}

TEST(BlockWriterDrops, AnAmendmentSaysSo) {
  Scene scene = test::disallowed_source();
  scene.path.amends = join::Ending{event::VerdictId::NETWORK_LOST, join::Basis::kOnlyExplanation};
  EXPECT_NE(block(scene).find("at allowed_ips\n  Told as network.lost at first; a later record "
                              "says more.\n  b decrypted it"),
            std::string::npos)
      << block(scene);
}

TEST(BlockWriterDrops, NoPeerIsAPacketWithoutKey) {
  Scene scene = test::delivered();
  scene.fail(event::VerdictId::TX_NO_PEER, event::Sent::kWgXmit, -ENOKEY);
  scene.tx().peer.reset();
  test::set_inner(scene, test::tx().inner_ping("10.0.0.1", "192.168.50.2", 17, 1));
  EXPECT_EQ(block(scene), R"(
icmp 10.0.0.1 → 192.168.50.2  echo request id 17 seq 1  84 bytes
sender   a, wg0                                   2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          dies here
✗ tx.no_peer at wg_xmit
  No peer of wg0 on a takes 192.168.50.2: it is not in the AllowedIPs of its
  only peer hK7gZ1n0… (10.0.0.2/32).
  kernel: ENOKEY
  what to do: Add 192.168.50.2 to the AllowedIPs of peer hK7gZ1n0…, if it lives
  behind it; the command sets the whole list. On a:
wg set wg0 peer hK7gZ1n0vQ3c9T2mWb5yXo8Lr4sDfJpE6uNiAaVtBkM= allowed-ips 10.0.0.2/32,192.168.50.2/32
)");
}

TEST(BlockWriterDrops, ReceiverNotWatched) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kReceiverNotWatched);
  EXPECT_EQ(block(scene), R"(
tcp 10.0.0.1:43922 → 10.0.0.2:443  84 bytes                session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0…                 2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          enters wg0
│   14.2 µs   +14.2 µs  encrypt          gets number 2
│   17.3 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│   19.5 µs    +2.2 µs  outer_out        handed to the network
┆ udp 192.0.2.1:51820 → 198.51.100.1:51821  156 bytes
? unknown after outer_out
  It left a; nobody watched the other end, so what became of it is not known.
  what to do: Trace the other end too (`wg-trace up IFACE` there). Both on one
  host: `wg-trace watch --all`; on two: `wg-trace listen IFACE` there, `wg-trace
  watch IFACE --pair HOST` here.
)");
}

TEST(BlockWriterDrops, LostInTheNetwork) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kOnlyExplanation, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(block(scene), R"(
tcp 10.0.0.1:43922 → 10.0.0.2:443  84 bytes                session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0…                 2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          enters wg0
│   14.2 µs   +14.2 µs  encrypt          gets number 2
│   17.3 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│   19.5 µs    +2.2 µs  outer_out        handed to the network
┆ udp 192.0.2.1:51820 → 198.51.100.1:51821  156 bytes
✗ network.lost (inferred)
  It left a, never reached the receiver, and neither side lost records: it died
  in between.
  what to do: Look between the hosts: a firewall, the provider, NAT, or
  fragments that are thrown away; see how far UDP gets. On a:
    traceroute -n -U -p 51821 198.51.100.1
)");
}

TEST(BlockWriterDrops, UnknownBecauseRecordsWereLost) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kRecordsLost);
  EXPECT_EQ(block(scene), R"(
tcp 10.0.0.1:43922 → 10.0.0.2:443  84 bytes                session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0…                 2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          enters wg0
│   14.2 µs   +14.2 µs  encrypt          gets number 2
│   17.3 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│   19.5 µs    +2.2 µs  outer_out        handed to the network
┆ udp 192.0.2.1:51820 → 198.51.100.1:51821  156 bytes
? unknown after outer_out
  Records were lost while it was under way, so that one is missing proves
  nothing.
  what to do: Watch less at once, so that every record fits. On a:
    wg-trace watch wg0 host 10.0.0.2
)");
}

TEST(BlockWriterDrops, FirewallBeforeWireGuard) {
  Scene scene = test::delivered();
  scene.stack_drop(event::VerdictId::OUTER_IN, 1, test::kNetfilterDrop, test::kNfHookSlow,
                   test::kReceived);
  EXPECT_EQ(block(scene), R"(
tcp 10.0.0.1:43922 → 10.0.0.2:443  84 bytes                session 0x0acc76a2 #2
sender   a, wg0 to peer hK7gZ1n0…                 2026-11-21 12:03:11.482913 UTC
│    0.0 µs             wg_xmit          enters wg0
│   14.2 µs   +14.2 µs  encrypt          gets number 2
│   17.3 µs    +3.1 µs  udp_tunnel_xmit  encrypted, wrapped in UDP
│   19.5 µs    +2.2 µs  outer_out        handed to the network
┆ udp 192.0.2.1:51820 → 198.51.100.1:51821  156 bytes
receiver b, wg0                                   2026-11-21 12:03:11.482913 UTC
│    0.0 µs             outer_in         dies here
✗ outer_in
  It reached b, which dropped it before WireGuard: dropped by a firewall rule
  (netfilter).
  kernel: NETFILTER_DROP in nf_hook_slow
  what to do: Let UDP port 51821 in; find the rule. On b:
    nft list ruleset
)");
}

TEST(BlockWriterDrops, ForwardingOffBehindTheTunnel) {
  Scene scene = test::delivered();
  test::set_inner(scene, test::tx().inner_ping("10.0.0.1", "192.168.50.2", 17, 1));
  scene.stack_drop(event::VerdictId::INNER_IN, 1, test::kInAddrErrors, test::kIpError,
                   test::kReceived + 16000);
  EXPECT_EQ(block(scene), R"(
icmp 10.0.0.1 → 192.168.50.2  echo request id 17 seq 1  84 bytes
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
✗ inner_in after delivered
  b decrypted and accepted it, then its own stack dropped it: IPv4 forwarding is
  off (net.ipv4.ip_forward=0), and 192.168.50.2 is not its own address.
  kernel: IP_INADDRERRORS in ip_error
  what to do: If b is meant to forward, turn it on. On b:
    sysctl -w net.ipv4.ip_forward=1
)");
}

TEST(BlockWriterDrops, PacketThatCouldNotBeDecrypted) {
  Scene scene = test::delivered();
  scene.path.tx.reset();
  scene.path.network.reset();
  scene.refuse(event::VerdictId::RX_AUTH_FAILED, event::Received::kDecrypt);
  EXPECT_EQ(block(scene), R"(
an encrypted packet                                        session 0x0acc76a2 #2
receiver b, wg0 from peer xTIBA5rb…               2026-11-21 12:03:11.482913 UTC
│ arrives from 192.0.2.1:51820 at 198.51.100.1:51821
│    0.0 µs             wg_receive       reaches WireGuard
│   11.8 µs   +11.8 µs  decrypt          dies here
✗ rx.auth_failed at decrypt
  b could not authenticate it: altered on the way, encrypted with another key,
  or forged.
  what to do: Look for what alters packets on the way: a middlebox, NIC
  offloads, bad memory. See whether it goes on. On b:
    wg-trace show wg0
)");
}

TEST(BlockWriterDrops, EveryVerdictIsNarrow) {
  for (unsigned i = 0; i < event::kVerdicts; i++) {
    for (const bool devices_known : {true, false}) {
      Scene scene = test::delivered();
      scene.devices_known = devices_known;
      scene.path.verdict = event::known_verdict(i);
      test::set_inner(scene, test::tx().inner_tcp("fd09:1234:5678:9abc:def0:1234:5678:9abc", 43922,
                                                  "fd09:1234:5678:9abc:def0:1234:5678:9abd", 443));
      EXPECT_NE(block(scene).find(event::verdict_id(scene.path.verdict)), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace wgt::sink
