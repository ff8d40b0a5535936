// SPDX-License-Identifier: GPL-2.0-only
// Dropped packets as findings. What to say and to do is what `watch` says of such a packet.
#include <algorithm>
#include <string_view>

#include "plugin/explain/drop_reason.h"
#include "plugin/explain/facts.h"
#include "plugin/explain/messages.h"
#include "plugin/explain/reason_name.h"
#include "plugin/health/rule.h"
#include "wgtools/base/time.h"

namespace wgt::health {
namespace {

struct Row {
  event::VerdictId verdict;
  const char* reason;  // null: any other
  const char* id;      // null: no finding: harmless, or told by another rule
  Severity severity = Severity::kWarning;
  std::uint64_t enough = 1;  // fewer packets, which anybody can forge, are only info
};

// The first row that fits applies.
constexpr Row kRows[] = {
    {event::VerdictId::INNER_OUT, nullptr, "inner_out", kInfo},
    {event::VerdictId::TX_NO_PEER, nullptr, "tx.no_peer", kWarning},
    {event::VerdictId::TX_NO_ENDPOINT, nullptr, "tx.no_endpoint", kWarning},
    {event::VerdictId::TX_STAGED_OVERFLOW, nullptr, "tx.staged_overflow", kWarning},
    {event::VerdictId::TX_STAGED_PURGED, nullptr, "tx.staged_purged", kInfo},
    {event::VerdictId::TX_QUEUE_FULL, nullptr, "queue.overload", kWarning},
    {event::VerdictId::TX_RING_FULL, nullptr, "queue.overload", kWarning},
    {event::VerdictId::TX_NO_ROUTE, nullptr, "tx.no_route", kError},
    {event::VerdictId::TX_NO_SOCKET, nullptr, "tx.no_socket", kError},
    {event::VerdictId::TX_NO_ENDPOINT_FAMILY, nullptr, "tx.no_endpoint_family", kError},
    {event::VerdictId::TX_LOOP, nullptr, "config.loop", kError},
    {event::VerdictId::OUTER_OUT, "NETFILTER_DROP", "host.firewall", kError},
    {event::VerdictId::OUTER_OUT, "XFRM_POLICY", "host.ipsec_policy", kError},
    {event::VerdictId::OUTER_OUT, nullptr, "outer_out", kError},
    {event::VerdictId::NETWORK_REJECTED, "fragmentation_needed", nullptr},
    {event::VerdictId::NETWORK_REJECTED, "packet_too_big", nullptr},
    {event::VerdictId::NETWORK_REJECTED, "fragmentation_needed_filtered", "mtu.icmp_filtered",
     kError},
    {event::VerdictId::NETWORK_REJECTED, "packet_too_big_filtered", "mtu.icmp_filtered", kError},
    {event::VerdictId::NETWORK_REJECTED, nullptr, nullptr},  // handshake_rules.cpp
    {event::VerdictId::OUTER_IN, "NETFILTER_DROP", "host.firewall", kError},
    {event::VerdictId::OUTER_IN, "IP_RPFILTER", "host.rp_filter", kError},
    {event::VerdictId::OUTER_IN, "XFRM_POLICY", "host.ipsec_policy", kError},
    {event::VerdictId::OUTER_IN, "FRAG_REASM_TIMEOUT", "mtu.fragments_lost", kWarning},
    {event::VerdictId::OUTER_IN, nullptr, "outer_in", kWarning},
    {event::VerdictId::RX_MALFORMED, "reserved_bytes", "rx.malformed", kWarning, 3},
    {event::VerdictId::RX_MALFORMED, nullptr, "rx.malformed", kInfo},
    {event::VerdictId::RX_UNKNOWN_INDEX, "rekeyed", nullptr},
    {event::VerdictId::RX_UNKNOWN_INDEX, "peer_removed", "rx.unknown_index", kWarning},
    {event::VerdictId::RX_UNKNOWN_INDEX, "restarted", "session.peer_restarted", kWarning},
    {event::VerdictId::RX_UNKNOWN_INDEX, "expired", "rx.unknown_index", kWarning},
    // No session that this interface remembers had that index.
    {event::VerdictId::RX_UNKNOWN_INDEX, nullptr, "rx.unknown_index", kInfo},
    {event::VerdictId::RX_QUEUE_FULL, nullptr, "queue.overload", kWarning},
    {event::VerdictId::RX_RING_FULL, nullptr, "queue.overload", kWarning},
    {event::VerdictId::RX_KEY_EXPIRED, nullptr, "session.key_expired", kError},
    {event::VerdictId::RX_AUTH_FAILED, nullptr, "rx.auth_failed", kWarning, 3},
    {event::VerdictId::RX_NO_MEMORY, nullptr, "rx.no_memory", kWarning},
    {event::VerdictId::RX_BAD_INNER, nullptr, "rx.bad_inner", kWarning},
    {event::VerdictId::RX_DISALLOWED_SOURCE, nullptr, "rx.disallowed_source", kError},
    {event::VerdictId::INNER_IN, "IP_INADDRERRORS", "host.forwarding_off", kWarning},
    {event::VerdictId::INNER_IN, "IP_RPFILTER", "host.rp_filter", kWarning},
    {event::VerdictId::INNER_IN, "NETFILTER_DROP", "host.firewall", kWarning},
    {event::VerdictId::INNER_IN, "NO_SOCKET", nullptr},
    {event::VerdictId::INNER_IN, nullptr, "inner_in", kInfo},
};

// What is to be done about encrypted packets is done where the socket is, but to the interface
// itself where that is.
RunIn run_in(event::VerdictId verdict, const std::optional<std::string>& command) {
  switch (verdict) {
    case event::VerdictId::TX_NO_ROUTE:
    case event::VerdictId::TX_LOOP:
    case event::VerdictId::OUTER_OUT:
    case event::VerdictId::OUTER_IN:
    case event::VerdictId::NETWORK_REJECTED:
      return command && (command->starts_with("wg ") || command->starts_with("ip link "))
                 ? RunIn::kInterface
                 : RunIn::kSocket;
    default:
      return RunIn::kInterface;
  }
}

const Row* row_of(const explain::DropRow& drop) {
  for (const Row& row : kRows) {
    if (row.verdict != drop.verdict) continue;
    if (row.reason == nullptr || drop.reason == row.reason) return row.id ? &row : nullptr;
  }
  return nullptr;
}

// Nobody asked for multicast to pass a tunnel; every interface of a host makes some.
bool is_noise(const explain::DropRow& drop) {
  if (!drop.inner || drop.verdict != event::VerdictId::TX_NO_PEER) return false;
  const IpAddress& to = drop.inner->dst;
  return to.version == 6 ? to.bytes[0] == 0xff : to.bytes[0] >= 224;
}

// The counters have no function. It follows where only one of the kernel's gives that reason.
std::string_view only_function(const explain::DropRow& drop) {
  if (drop.reason != "IP_INADDRERRORS") return "";
  const auto& packet = drop.verdict == event::VerdictId::OUTER_IN ? drop.outer : drop.inner;
  return packet && packet->src.version == 4 ? "ip_error" : "";
}

// The peer whose endpoint the encrypted packet was to or from, of one that no session tells.
const wg::Peer* other_end(const explain::DropRow& drop, const InterfaceFacts& facts) {
  if (!drop.outer) return nullptr;
  const bool came = event::verdict_side(drop.verdict) == event::VerdictSide::kRx;
  const Endpoint end{.address = came ? drop.outer->src : drop.outer->dst,
                     .port = came ? drop.outer->src_port : drop.outer->dst_port};
  for (const PeerFacts& peer : facts.peers)
    if (peer.section.peer.endpoint && peer.section.peer.endpoint->address == end.address &&
        peer.section.peer.endpoint->port == end.port)
      return &peer.section.peer;
  return nullptr;
}

// The drop as the packet it was, as far as the counter has it, so that the same words fit.
Finding in_words(const Row& row, const explain::DropRow& drop, const wg::Peer* peer,
                 const InterfaceFacts& facts, const explain::Surroundings& around) {
  explain::PathView path;
  path.inner = drop.inner;
  path.outer = drop.outer;
  explain::Side side;
  side.netns = facts.view.netns;
  side.interface = facts.view.device.name;
  if (peer) side.peer = peer->public_key;
  if (event::verdict_side(drop.verdict) == event::VerdictSide::kRx)
    path.rx = side;
  else
    path.tx = side;
  explain::Facts words = explain::gather_facts(path, drop.verdict, &facts.view.device);
  words["label"] = "this host";
  words["host"] = "this host";
  words["tx"] = path.tx ? "this host" : "the sender";
  std::optional<explain::Advice> advice;
  if (drop.verdict == event::VerdictId::NETWORK_REJECTED && drop.inner)
    words["router"] = to_string(drop.inner->src);
  if (drop.reason) {
    words[*drop.reason] = "1";
    if (event::is_stack_drop(drop.verdict)) {
      explain::DropReason why =
          explain::explain_drop(drop.verdict, *drop.reason, only_function(drop), words, around);
      words["words"] = std::move(why.words);
      advice = std::move(why.advice);
    }
  }
  if (!advice) advice = explain::advice_for(drop.verdict, words, around);
  Finding finding{row.id, drop.count < row.enough ? kInfo : row.severity,
                  explain::message_for(drop.verdict, words)};
  finding.verdict = drop.verdict;
  // One packet's sentence, about the last of several.
  if (drop.count > 1)
    finding.message =
        std::to_string(drop.count) + " packets were dropped, the last of them: " + finding.message;
  finding.evidence = {{"verdict", std::string(event::verdict_id(drop.verdict))},
                      {"count", static_cast<std::int64_t>(drop.count)}};
  if (drop.reason) finding.evidence.emplace_back("reason", *drop.reason);
  if (drop.last_wall_ns != 0)
    finding.evidence.emplace_back(
        "last_s_ago",
        std::max<std::int64_t>(facts.clock.wall_ns - drop.last_wall_ns, 0) / kNsPerSecond);
  if (const wg::Peer* other = peer ? nullptr : other_end(drop, facts))
    finding.evidence.emplace_back("peer", wg::to_base64(other->public_key));
  if (advice) {
    finding.advice = std::move(advice->text);
    finding.command = std::move(advice->command);
  }
  finding.run_in = run_in(drop.verdict, finding.command);
  return finding;
}

}  // namespace

std::vector<Finding> drop_findings(const std::vector<explain::DropRow>& drops, const wg::Peer* peer,
                                   const InterfaceFacts& facts,
                                   const explain::Surroundings& around) {
  std::vector<Finding> findings;
  for (const explain::DropRow& drop : drops) {
    if (drop.last_wall_ns < facts.since_wall_ns || is_noise(drop)) continue;
    const Row* row = row_of(drop);
    if (!row) continue;
    findings.push_back(in_words(*row, drop, peer, facts, around));
  }
  return findings;
}

}  // namespace wgt::health
