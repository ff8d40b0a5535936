// SPDX-License-Identifier: GPL-2.0-only
// A report with a dead peer, one that is fine, and findings of every kind.
#pragma once

#include "plugin/health/host_facts.h"
#include "plugin/health/report.h"
#include "tests/support/view_builder.h"

namespace wgt::test {

inline health::Finding dead_finding() {
  return {.id = "hs.psk_mismatch",
          .severity = health::Severity::kError,
          .message =
              "198.51.100.1:51821 answers, but its answers cannot be decrypted: the "
              "preshared keys of the two ends differ",
          .evidence = {{"answers_refused", std::int64_t{4}}, {"reason", std::string("none")}},
          .advice = "Give both ends the same preshared key.",
          .command = "wg set wg0 peer KEY preshared-key FILE"};
}

inline health::InterfaceReport health_report() {
  constexpr std::int64_t kSecond = 1'000'000'000;
  health::InterfaceReport report;
  report.name = "wg0";
  report.netns = "red";
  report.own_netns = false;
  report.wall_ns = 1'795'262'591 * kSecond;
  report.clock = {.wall_ns = report.wall_ns, .mono_ns = 1000 * kSecond};
  report.findings = {{.id = "hs.junk", .message = "Initiations came that are for no public key"}};
  health::PeerReport dead;
  dead.peer = {.public_key = kKeyB,
               .endpoint = Endpoint{.address = *parse_ip("198.51.100.1"), .port = 51821},
               .rx_bytes = 1240,
               .tx_bytes = 148,
               .allowed_ips = {prefix("10.0.0.2", 32)}};
  dead.status = health::Status::kDead;
  dead.since_wall_ns = report.wall_ns - 11 * kSecond;
  dead.handshake_age_s = 130;
  dead.attempts = 3;
  dead.last_result = "hs.psk_mismatch";
  dead.network_loss = health::Loss{.expected = 1000, .lost = 12};
  dead.drops = {{.verdict = event::VerdictId::OUTER_OUT, .reason = "NETFILTER_DROP", .count = 3},
                {.verdict = event::VerdictId::RX_REPLAY, .reason = "duplicate", .count = 2},
                {.verdict = event::VerdictId::RX_REPLAY, .reason = "too_old", .count = 1}};
  dead.sessions = {{.place = "current", .sent = 142, .received = 137}};
  dead.roamed = {{.after_ns = 990'000'000'000,
                  .ns = 995'000'000'000,
                  .from = Endpoint{.address = *parse_ip("192.0.2.1"), .port = 1},
                  .to = Endpoint{.address = *parse_ip("192.0.2.2"), .port = 2},
                  .by = event::Hs::NONE},
                 {.after_ns = 996'000'000'000,
                  .ns = 997'000'000'000,
                  .from = Endpoint{.address = *parse_ip("192.0.2.2"), .port = 2},
                  .by = event::Hs::COMPLETED}};
  dead.findings = {dead_finding()};
  health::PeerReport fine;
  fine.peer.public_key = kKeyA;
  fine.status = health::Status::kIdle;
  fine.handshake_age_s = 41;
  fine.attempts = 0;
  report.peers = {dead, fine};
  return report;
}

}  // namespace wgt::test
