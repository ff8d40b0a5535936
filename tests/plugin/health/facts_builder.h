// SPDX-License-Identifier: GPL-2.0-only
// Facts of one interface with one peer, as tests of rules change them.
#pragma once

#include <algorithm>
#include <string>

#include "plugin/health/report.h"

namespace wgt::health::test {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kNow = 1000 * kSecond;  // CLOCK_MONOTONIC

inline wg::PublicKey key(std::uint8_t first) {
  wg::PublicKey k;
  k.bytes[0] = first;
  return k;
}

inline Endpoint v4(std::uint8_t last, std::uint16_t port = 51820) {
  return {.address = make_ipv4(std::array<std::uint8_t, 4>{192, 0, 2, last}), .port = port};
}

// Seconds before now, on the kernel's clock.
inline std::uint64_t ago(std::uint64_t seconds) { return kNow - seconds * kSecond; }

struct Facts : InterfaceFacts {
  Facts() {
    view.device.name = "wg0";
    view.device.has_private_key = true;
    view.device.public_key = key(9);
    clock = {.wall_ns = 2'000'000 * static_cast<std::int64_t>(kSecond),
             .mono_ns = static_cast<std::int64_t>(kNow)};
    since_wall_ns = clock.wall(ago(120));
    PeerFacts peer;
    peer.section.peer.public_key = key(1);
    peer.section.peer.endpoint = v4(7, 51821);
    peer.section.peer.allowed_ips = {{.address = v4(100).address, .length = 32}};
    peer.handshake = event::HandshakeHistory{};
    peer.now = event::PeerNow{.ns = kNow};
    peers.push_back(peer);
  }

  PeerFacts& peer() { return peers[0]; }
  event::HandshakeHistory& hs() { return *peers[0].handshake; }
  Facts& saw(Hs what, std::uint64_t seconds_ago, std::uint64_t count = 1) {
    hs().count[what] = count;
    hs().last_ns[what] = ago(seconds_ago);
    return *this;
  }
  // So many initiations since then, none of which worked yet.
  Facts& tries(std::uint32_t attempts, std::uint64_t begun_seconds_ago) {
    hs().attempts = attempts;
    hs().begun_ns = ago(begun_seconds_ago);
    hs().tried_ns = ago(1);
    return saw(Hs::INITIATION_SENT, 1, attempts);
  }
  // So many that it is not getting lost by chance.
  Facts& keeps_trying() { return tries(6, 30); }
  Facts& drop(event::VerdictId verdict, const std::string& reason, std::uint64_t seconds_ago,
              event::Tuple outer = {}, std::uint64_t count = 1) {
    explain::DropRow row{.verdict = verdict, .reason = reason, .count = count};
    if (reason.empty()) row.reason.reset();
    row.last_wall_ns = clock.wall(ago(seconds_ago));
    if (outer.src.version != 0) row.outer = outer;
    peer().section.drops.push_back(row);
    return *this;
  }
  // The last of `count` messages, 5 s apart as WireGuard's tries are.
  Facts& unknown_sender(Hs result, std::uint64_t seconds_ago, std::uint8_t id = 0,
                        std::uint64_t count = 3) {
    event::UnknownSender sender{.result = result,
                                .source = v4(203),
                                .count = count,
                                .last_ns = ago(seconds_ago),
                                .first_ns = ago(seconds_ago + (count - 1) * 5),
                                .without_pause = static_cast<std::uint32_t>(count)};
    if (result == Hs::UNKNOWN_INITIATOR) sender.initiator = key(id);
    unknown_senders.push_back(sender);
    return *this;
  }
  Facts& moved(std::uint8_t from, std::uint8_t to, std::uint64_t seconds_ago, Hs by) {
    hs().endpoint_changes++;
    hs().changes.push_back({.ns = ago(seconds_ago), .from = v4(from), .to = v4(to), .by = by});
    return *this;
  }

  InterfaceReport report() const { return build_report(*this); }
};

inline event::Tuple initiation(std::uint32_t len = 176) {
  return {.src = v4(1).address,
          .dst = v4(7).address,
          .src_port = 51820,
          .dst_port = 51821,
          .proto = 17,
          .len = len};
}

// ICMP errors about initiations to the peer.
inline Facts& rejected(Facts& facts, const std::string& reason, std::uint8_t router,
                       std::uint64_t seconds_ago, std::uint64_t count = 2) {
  facts.drop(event::VerdictId::NETWORK_REJECTED, reason, seconds_ago, initiation(), count);
  facts.peer().section.drops.back().inner =
      event::Tuple{.src = v4(router).address, .dst = v4(1).address};
  return facts;
}

// "id severity,…" of the peer (or the interface), worst first; "" when there is none.
inline std::string ids(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings)
    text += (text.empty() ? "" : ",") + f.id + " " + severity_name(f.severity);
  return text;
}
inline std::string of_peer(const InterfaceFacts& facts) {
  return ids(build_report(facts).peers.at(0).findings);
}
inline std::string of_interface(const InterfaceFacts& facts) {
  return ids(build_report(facts).findings);
}

}  // namespace wgt::health::test
