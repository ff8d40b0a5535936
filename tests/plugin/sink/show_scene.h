// SPDX-License-Identifier: GPL-2.0-only
// An interface with everything that `show` can tell.
#pragma once

#include <netinet/in.h>

#include "plugin/explain/interface_view.h"
#include "tests/support/view_builder.h"

namespace wgt::test {

inline event::Tuple show_flow(const char* src, std::uint16_t src_port, const char* dst,
                              std::uint16_t dst_port, std::uint8_t proto) {
  event::Tuple flow;
  flow.src = *parse_ip(src);
  flow.dst = *parse_ip(dst);
  flow.src_port = src_port;
  flow.dst_port = dst_port;
  flow.proto = proto;
  flow.len = 84;
  return flow;
}

inline explain::InterfaceView shown_interface() {
  constexpr std::int64_t kSecond = 1'000'000'000;
  constexpr std::int64_t kNow = 1'795'262'591 * kSecond;
  explain::InterfaceView v;
  v.device = {.name = "wg0",
              .public_key = kKeyA,
              .has_private_key = true,
              .listen_port = 51820,
              .fwmark = 0xca6c};
  v.netns = "red";
  v.own_netns = false;
  v.wall_ns = kNow;
  v.traced_since_wall_ns = kNow - 123 * kSecond;
  v.drops = {{.verdict = event::VerdictId::TX_NO_PEER,
              .count = 12,
              .last_wall_ns = kNow - 3 * kSecond,
              .inner = show_flow("10.0.0.1", 43922, "10.77.0.1", 443, IPPROTO_TCP)},
             {.verdict = event::VerdictId::RX_UNKNOWN_INDEX,
              .count = 1,
              .last_wall_ns = kNow - 121 * kSecond}};
  v.lost = {{"drops", 0}, {"tx_table", 2}};
  explain::PeerSection peer;
  peer.peer = {.public_key = kKeyB,
               .has_preshared_key = true,
               .endpoint = Endpoint{.address = *parse_ip("198.51.100.1"), .port = 51821},
               .last_handshake_unix_s = kNow / kSecond - 41,
               .rx_bytes = 1240,
               .tx_bytes = 148,
               .persistent_keepalive_s = 25,
               .allowed_ips = {prefix("10.0.0.2", 32), prefix("fd00::2", 128)}};
  peer.drops = {{.verdict = event::VerdictId::OUTER_OUT,
                 .reason = "NETFILTER_DROP",
                 .count = 3,
                 .last_wall_ns = kNow - 2 * kSecond,
                 .outer = show_flow("192.0.2.1", 51820, "198.51.100.1", 51821, IPPROTO_UDP)},
                {.verdict = event::VerdictId::RX_REPLAY, .count = 117}};
  peer.tx = {.samples = 1234, .p50_ns = 12'288, .p99_ns = 98'765};
  peer.rx = {.samples = 1, .p50_ns = 8'192, .p99_ns = 1'310'720};
  peer.handshake_trip_ns = 39'100'000;
  peer.session_trip_ns = 1'200'000;
  peer.session_trip_age_s = 3;
  peer.sessions = {{.place = "current",
                    .local_index = 0x0acc6a72,
                    .remote_index = 1,
                    .age_s = 41,
                    .sent = 142,
                    .received = 137,
                    .initiator = true},
                   {.place = "previous",
                    .local_index = 0x12345678,
                    .remote_index = 0x90abcdef,
                    .age_s = 161,
                    .sent = 9}};
  v.peers = {peer};
  return v;
}

}  // namespace wgt::test
