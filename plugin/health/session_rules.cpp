// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with a peer beside its handshake.
#include <algorithm>
#include <string_view>
#include <utility>

#include "plugin/health/rule.h"
#include "plugin/health/times.h"
#include "wgtools/base/time.h"

namespace wgt::health {
namespace {

using Match = std::optional<Evidence>;

// Two silences this close, each followed by a handshake that worked: only data does not come back.
constexpr std::uint64_t kSilencesWithinNs = 60 * kNsPerSecond;
constexpr std::uint32_t kEnoughForLoss = 100;  // packets
constexpr std::uint64_t kLossPercent = 1;
constexpr std::uint64_t kEnoughForAnAnswer = 10;  // packets
constexpr std::int64_t kKeepaliveSeconds = 10;    // KEEPALIVE_TIMEOUT
constexpr std::uint64_t kManyMore = 4;            // a keepalive answers for many packets
// Each host of a shared key takes the endpoint when it makes a handshake.
constexpr int kTakenOver = 3;

Match silent(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!peer.handshake) return std::nullopt;
  const event::HandshakeHistory& h = *peer.handshake;
  const std::uint64_t silence = h.last_ns[Hs::SILENCE];
  if (!is_recent(facts, silence) || silence < h.last_ns[Hs::COMPLETED] || h.attempts >= 3)
    return std::nullopt;
  return Evidence{{"silent_s", 15 + seconds_ago(facts.clock, silence)}, {"attempts", h.attempts}};
}

Match only_handshakes_work(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!peer.handshake) return std::nullopt;
  const event::HandshakeHistory& h = *peer.handshake;
  const std::uint64_t silence = h.last_ns[Hs::SILENCE];
  const std::uint64_t completed = h.last_ns[Hs::COMPLETED];
  if (!is_recent(facts, silence) || h.previous_silence_ns == 0 ||
      silence - h.previous_silence_ns > kSilencesWithinNs || completed < h.previous_silence_ns)
    return std::nullopt;
  return Evidence{{"silences", number(h.count[Hs::SILENCE])},
                  {"handshakes", number(h.count[Hs::COMPLETED])}};
}

// What came, and never got as far as the replay window.
std::uint64_t refused_before_window(const PeerFacts& peer) {
  std::uint64_t refused = 0;
  for (const explain::DropRow& drop : peer.section.drops)
    if (drop.verdict == event::VerdictId::RX_QUEUE_FULL ||
        drop.verdict == event::VerdictId::RX_RING_FULL ||
        drop.verdict == event::VerdictId::RX_NO_MEMORY ||
        drop.verdict == event::VerdictId::OUTER_IN)
      refused += drop.count;
  return refused;
}

Match lost(const PeerFacts& peer, const InterfaceFacts&) {
  if (!peer.now || peer.now->window_expected < kEnoughForLoss) return std::nullopt;
  const std::uint64_t expected = peer.now->window_expected;
  const std::uint64_t came = peer.now->window_received + refused_before_window(peer);
  const std::uint64_t missing = expected - std::min(expected, came);
  if (missing * 100 < expected * kLossPercent) return std::nullopt;
  return Evidence{{"expected", number(expected)}, {"lost", number(missing)}};
}

Match stalled(const PeerFacts& peer, const InterfaceFacts&) {
  if (!peer.now || !peer.stood_still_ms) return std::nullopt;
  return Evidence{{"waiting", peer.now->rx_queued}, {"ms", *peer.stood_still_ms}};
}

// WireGuard sends at most one keepalive in ten seconds to a peer that only sends, and none where
// answers go back.
Match nothing_goes_back(const PeerFacts& peer, const InterfaceFacts&) {
  for (const explain::SessionRow& session : peer.section.sessions) {
    if (std::string_view(session.place) != "current" || session.received < kEnoughForAnAnswer)
      continue;
    // Every answer that got through is one too many, but an old session has room for keepalives.
    if (std::cmp_greater(session.sent, 1 + session.age_s / kKeepaliveSeconds) ||
        session.sent * kManyMore > session.received)
      continue;
    return Evidence{{"received", number(session.received)},
                    {"sent", number(session.sent)},
                    {"session_s", session.age_s}};
  }
  return std::nullopt;
}

// The kernel forgets a peer's keys when the interface goes down (device.c, wg_stop), and not when
// they were made.
Match keys_gone(const PeerFacts& peer, const InterfaceFacts& facts) {
  const std::int64_t age =
      facts.clock.wall_ns / kNsPerSecond - peer.section.peer.last_handshake_unix_s;
  if (!peer.section.sessions.empty() || age < 0 || age >= kSessionSeconds ||
      facts.view.up == false || (peer.handshake && peer.handshake->attempts != 0))
    return std::nullopt;
  return Evidence{{"handshake_s_ago", age}};
}

// It hears of our new port from where our next packet comes.
Match port_changed(const PeerFacts& peer, const InterfaceFacts& facts) {
  const auto& change = peer.port_change;
  const wg::Peer& now = peer.section.peer;
  if (!change || !is_recent(facts, change->ns) || change->from == facts.view.device.listen_port ||
      now.rx_bytes == 0 || now.tx_bytes != change->tx_bytes)
    return std::nullopt;
  return Evidence{{"old_port", change->from},
                  {"new_port", facts.view.device.listen_port},
                  {"s_ago", seconds_ago(facts.clock, change->ns)}};
}

std::vector<event::EndpointChange> changes_since(const PeerFacts& peer,
                                                 const InterfaceFacts& facts) {
  std::vector<event::EndpointChange> all;
  if (!peer.handshake) return all;
  for (const event::EndpointChange& change : peer.handshake->changes)
    if (change.from && change.to && is_recent(facts, change.ns)) all.push_back(change);
  return all;
}

Match shared_key(const PeerFacts& peer, const InterfaceFacts& facts) {
  const auto changes = changes_since(peer, facts);
  int taken = 0;
  std::vector<IpAddress> seen;
  for (const event::EndpointChange& change : changes) {
    if (change.by != Hs::INITIATION_ACCEPTED) continue;
    taken++;
    for (const Endpoint& end : {*change.from, *change.to})
      if (std::ranges::find(seen, end.address) == seen.end()) seen.push_back(end.address);
  }
  // Somebody on the move does not come back to where it was.
  if (taken < kTakenOver || seen.size() < 2 || std::cmp_greater_equal(seen.size(), taken))
    return std::nullopt;
  return Evidence{
      {"changes", taken}, {"first", to_string(seen[0])}, {"second", to_string(seen[1])}};
}

Match roamed(const PeerFacts& peer, const InterfaceFacts& facts) {
  const auto changes = changes_since(peer, facts);
  if (changes.empty()) return std::nullopt;
  const event::EndpointChange& last = changes.back();
  return Evidence{
      {"from", to_string(*last.from)},
      {"to", to_string(*last.to)},
      {"by", last.by == Hs::NONE ? "a data message, or `wg set`" : "a handshake message"},
      {"s_ago", seconds_ago(facts.clock, last.ns)},
      {"changes", number(changes.size())}};
}

const wg::Peer* owner_of(const IpPrefix& prefix, const InterfaceFacts& facts) {
  for (const PeerFacts& other : facts.peers)
    if (std::ranges::find(other.section.peer.allowed_ips, prefix) !=
        other.section.peer.allowed_ips.end())
      return &other.section.peer;
  return nullptr;
}

Match allowed_ips_moved(const PeerFacts& peer, const InterfaceFacts& facts) {
  const wg::Peer& own = peer.section.peer;
  for (const IpPrefix& prefix : peer.allowed_ips_in_file) {
    const wg::Peer* owner = owner_of(prefix, facts);
    if (owner && owner->public_key != own.public_key)
      return Evidence{{"range", to_string(prefix)},
                      {"owner", wg::short_form(owner->public_key)},
                      {"owner_key", wg::to_base64(owner->public_key)}};
  }
  return std::nullopt;
}

Match no_allowed_ips(const PeerFacts& peer, const InterfaceFacts&) {
  if (!peer.section.peer.allowed_ips.empty() || !peer.allowed_ips_in_file.empty())
    return std::nullopt;
  return Evidence{};
}

Match differs_from_file(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!facts.has_file) return std::nullopt;
  if (!peer.in_file) return Evidence{{"what", "the peer is not in it"}};
  auto file = peer.allowed_ips_in_file;
  auto kernel = peer.section.peer.allowed_ips;
  std::sort(file.begin(), file.end());
  std::sort(kernel.begin(), kernel.end());
  if (file == kernel) return std::nullopt;
  return Evidence{{"what", "its AllowedIPs differ"}};
}

// This host's clock: the peer's last handshake is in the future.
Match clock_backwards(const PeerFacts& peer, const InterfaceFacts& facts) {
  const std::int64_t ahead =
      peer.section.peer.last_handshake_unix_s - facts.clock.wall_ns / kNsPerSecond;
  if (ahead <= 1) return std::nullopt;
  return Evidence{{"s_ahead", ahead}};
}

constexpr PeerRule kSessionRules[] = {
    {"path.oneway", kError, silent,
     "Data was sent, and nothing authentic came back for {silent_s} s; a new handshake is under "
     "way",
     "Wait for the handshake: if it fails, the cause is told here.", nullptr},
    {"path.oneway", kError, only_handshakes_work,
     "Handshakes complete, but data that is sent gets no answer of any kind: only small or only "
     "handshake messages pass in one direction",
     "See whether large packets are what is lost.", "ping -c 3 -s 1200 -M do {inside_address}"},
    {"path.oneway", kError, only_handshakes_work,
     "Handshakes complete, but data that is sent gets no answer of any kind: only small or only "
     "handshake messages pass in one direction",
     nullptr, nullptr},
    {"path.lost", kWarning, lost,
     "{lost} of the last {expected} packets from it did not arrive (or its host used their numbers "
     "up for packets that it dropped itself)",
     "See where they are lost, with both ends watched.", "wg-trace watch {dev} --drops"},
    {"queue.stalled", kError, stalled,
     "{waiting} packets from it stand in its receive queue, and in {ms} ms none was taken out: "
     "what should serve it, a worker or its NAPI thread, does not run",
     "See what keeps this host's CPUs busy. If nothing does, the kernel hangs there, as it may "
     "with threaded NAPI: do without, or create the interface anew.",
     "bash -c 'echo 0 >\"/sys/class/net/$1/threaded\"' bash {dev}"},
    // As harmless as traffic that needs no answer, as far as one end can know.
    {"host.no_return_route", kInfo, nothing_goes_back,
     "{received} packets came from it in this session, and {sent} went back: no more than the "
     "keepalives which say that they came",
     "If they should be answered, see that the firewall here lets them out, and that the hosts "
     "behind this one know the way back to the tunnel's addresses: by a route there, or because "
     "this host masquerades.",
     nullptr},
    {"session.none", kInfo, keys_gone,
     "There is no session with it, though the latest handshake was {handshake_s_ago} s ago: its "
     "keys went when {iface} was down, and until this end sends something, what it sends can't be "
     "read",
     "Send it something: that makes a new session.", "ping -c 1 {inside_address}"},
    {"session.none", kInfo, keys_gone,
     "There is no session with it, though the latest handshake was {handshake_s_ago} s ago: its "
     "keys went when {iface} was down, and until this end sends something, what it sends can't be "
     "read",
     "Send it something: that makes a new session.", nullptr},
    {"endpoint.port_changed", kInfo, port_changed,
     "The port of {iface} changed from {old_port} to {new_port} {s_ago} s ago, and nothing was "
     "sent to it since: it still sends to the old one",
     "Send it something: that tells it. If it has this host's port in its configuration, change it "
     "there.",
     "ping -c 1 {inside_address}"},
    {"endpoint.port_changed", kInfo, port_changed,
     "The port of {iface} changed from {old_port} to {new_port} {s_ago} s ago, and nothing was "
     "sent to it since: it still sends to the old one",
     "Send it something: that tells it. If it has this host's port in its configuration, change it "
     "there.",
     nullptr},
    {"endpoint.shared_key", kError, shared_key,
     "Its endpoint went back and forth between {first} and {second}, {changes} times by a valid "
     "handshake: two hosts use one private key",
     "Give one of the two hosts a key of its own.", nullptr},
    {"endpoint.roamed", kInfo, roamed, "Its endpoint moved from {from} to {to} by {by}", nullptr,
     nullptr},
    {"config.allowed_ips_moved", kWarning, allowed_ips_moved,
     "{range} of its AllowedIPs in the wg-quick file belongs to peer {owner} now: one range can "
     "only be one peer's, the last one that it was given to",
     "Give the two peers ranges that do not overlap.", "wg show {dev} allowed-ips"},
    {"config.no_allowed_ips", kWarning, no_allowed_ips,
     "It has no AllowedIPs, so nothing can be sent to it and nothing from it is accepted",
     "Give it the addresses behind it. If it had some, the peer that was given them last has them.",
     "wg show {dev} allowed-ips"},
    {"config.differs_from_file", kWarning, differs_from_file,
     "The wg-quick file of {iface} says otherwise: {what}",
     "Make both the same; this loads the file.",
     "bash -c 'wg syncconf \"$1\" <(wg-quick strip \"$1\")' bash {dev}"},
    {"clock.backwards", kWarning, clock_backwards,
     "Its last handshake is {s_ahead} s in the future: this host's clock was set back, and its own "
     "initiations may be refused as replays",
     "Set the clock.", nullptr},
};

}  // namespace

std::span<const PeerRule> session_rules() { return kSessionRules; }

}  // namespace wgt::health
