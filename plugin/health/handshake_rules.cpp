// SPDX-License-Identifier: GPL-2.0-only
// Why there is no session with a peer. Which of several that hold is told: evidence.cpp.
#include <string.h>  // strerrorname_np, which <cstring> does not promise

#include <algorithm>
#include <ctime>

#include "plugin/health/rule.h"
#include "plugin/health/times.h"
#include "wgtools/base/time.h"

namespace wgt::health {
namespace {

// Up to two tries get lost without anybody being to blame.
constexpr std::uint32_t kTooMany = 3;
// A peer that hears no answer tries itself after 15 s, unless that is what does not come through.
constexpr std::uint32_t kPeerWouldTry = 6;
// A responder's session that was not used by the time of the peer's next try.
constexpr std::uint32_t kTooManyUnconfirmed = 2;

// Drops and handshakes were told by two readings of the clocks. Attempts are 5 s apart.
constexpr std::int64_t kClocksApartNs = kNsPerSecond;

// No NAT forgets sooner what it let pass (RFC 4787, REQ-5, asks for two minutes).
constexpr std::int64_t kNatRemembersNs = 2 * kNsPerSecond;

using Match = std::optional<Evidence>;

// Its last handshake messages, if it is trying to get a session and has none yet.
const event::HandshakeHistory* trying(const PeerFacts& peer) {
  if (!peer.handshake || peer.handshake->attempts == 0) return nullptr;
  return peer.handshake->tried_ns > peer.handshake->last_ns[Hs::COMPLETED] ? &*peer.handshake
                                                                           : nullptr;
}

bool since_begun(const event::HandshakeHistory& h, Hs what) {
  return h.last_ns[what] >= h.begun_ns;
}

std::string utc(std::int64_t unix_s) {
  const std::time_t seconds = unix_s;
  std::tm tm{};
  char text[sizeof "-2147481748-01-01 00:00:00 UTC"] = "";
  if (gmtime_r(&seconds, &tm) != nullptr)
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
  return text;
}

Match not_leaving(const PeerFacts& peer, const InterfaceFacts&) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h || h->last_ns[Hs::NOT_LEAVING] < h->tried_ns) return std::nullopt;
  const char* name = strerrorname_np(h->error);
  return Evidence{{"error", name ? name : std::to_string(h->error)},
                  {"error_text", std::string(strerrordesc_np(h->error))},
                  {"attempts", h->attempts},
                  {"failed", number(h->count[Hs::NOT_LEAVING])}};
}

// WireGuard handed it over, and then this host's own stack dropped it (handshake_drop.bpf.h).
Match dropped_on_the_way_out(const PeerFacts& peer, const InterfaceFacts& facts) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h) return std::nullopt;
  for (const explain::DropRow& row : peer.section.drops) {
    if (row.verdict != event::VerdictId::OUTER_OUT || !row.reason || !row.outer) continue;
    const std::uint32_t headers = row.outer->src.version == 4 ? 20 + 8 : 40 + 8;
    if (row.outer->len != 148 + headers ||
        row.last_wall_ns + kClocksApartNs < facts.clock.wall(h->begun_ns))
      continue;
    return Evidence{
        {"reason", *row.reason}, {"dropped", number(row.count)}, {"attempts", h->attempts}};
  }
  return std::nullopt;
}

Match dropped_by_firewall(const PeerFacts& peer, const InterfaceFacts& facts) {
  Match evidence = dropped_on_the_way_out(peer, facts);
  if (!evidence || std::get<std::string>(evidence->front().second) != "NETFILTER_DROP")
    return std::nullopt;
  return evidence;
}

Match psk_mismatch(const PeerFacts& peer, const InterfaceFacts& facts) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h || !since_begun(*h, Hs::PSK_MISMATCH)) return std::nullopt;
  return Evidence{{"answers_refused", number(h->count[Hs::PSK_MISMATCH])},
                  {"attempts", h->attempts},
                  {"last_s_ago", seconds_ago(facts.clock, h->last_ns[Hs::PSK_MISMATCH])}};
}

Match late_response(const PeerFacts& peer, const InterfaceFacts&) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h || h->attempts < 2 || !since_begun(*h, Hs::LATE_RESPONSE)) return std::nullopt;
  return Evidence{{"round_trip_ms", number(h->rtt_ns / 1'000'000)},
                  {"late_answers", number(h->count[Hs::LATE_RESPONSE])},
                  {"attempts", h->attempts}};
}

// Anybody can forge one ICMP error. It is believed when nothing came instead of what it is about.
bool waits_for_answer(const PeerFacts& peer) {
  if (trying(peer) != nullptr || (peer.now && unanswered_ms(*peer.now))) return true;
  return peer.handshake && peer.handshake->unconfirmed != 0;
}

// An ICMP error about what was sent to this peer, after which nothing worked.
const explain::DropRow* rejection(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!peer.section.peer.endpoint || !peer.handshake) return nullptr;
  const Endpoint& endpoint = *peer.section.peer.endpoint;
  const auto worked = facts.clock.wall(peer.handshake->last_ns[Hs::COMPLETED]);
  for (const auto* rows : {&peer.section.drops, &facts.view.drops})
    for (const explain::DropRow& row : *rows) {
      if (row.verdict != event::VerdictId::NETWORK_REJECTED || !row.outer || !row.inner ||
          !row.reason)
        continue;
      if (row.outer->dst == endpoint.address && row.outer->dst_port == endpoint.port &&
          row.last_wall_ns > worked && row.last_wall_ns >= facts.since_wall_ns &&
          !row.reason->starts_with("fragmentation_needed") &&
          !row.reason->starts_with("packet_too_big") && (row.count > 1 || waits_for_answer(peer)))
        return &row;
    }
  return nullptr;
}

Match rejected(const PeerFacts& peer, const InterfaceFacts& facts) {
  const explain::DropRow* row = rejection(peer, facts);
  if (!row) return std::nullopt;
  return Evidence{{"router", to_string(row->inner->src)},
                  {"reason", *row->reason},
                  {"rejected", number(row->count)}};
}

Match nobody_listens(const PeerFacts& peer, const InterfaceFacts& facts) {
  const explain::DropRow* row = rejection(peer, facts);
  if (!row || *row->reason != "port_unreachable" ||
      row->inner->src != peer.section.peer.endpoint->address)
    return std::nullopt;
  return rejected(peer, facts);
}

// The endpoint is an address of this very host: what is meant to carry the packets on is not there.
Match nobody_listens_here(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!peer.endpoint_is_own) return std::nullopt;
  return nobody_listens(peer, facts);
}

// The newest session, if the peer asked for it.
const event::BegunSession* asked_by_peer(const PeerFacts& peer) {
  if (!peer.handshake || peer.handshake->sessions.empty()) return nullptr;
  const event::BegunSession& last = peer.handshake->sessions.back();
  return last.i_am_initiator ? nullptr : &last;
}

bool was_used(const PeerFacts& peer, const event::BegunSession& session) {
  return peer.handshake->last_ns[Hs::COMPLETED] >= session.ns;
}

// It came through to us, and does not take the answer: it looks like nothing that it asked for.
Match answer_rejected(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!nobody_listens(peer, facts)) return std::nullopt;
  const event::BegunSession* session = asked_by_peer(peer);
  if (!session || was_used(peer, *session)) return std::nullopt;
  const explain::DropRow* row = rejection(peer, facts);
  return Evidence{{"from", to_string(row->outer->src)},
                  {"rejected", number(row->count)},
                  {"session_s_ago", seconds_ago(facts.clock, session->ns)}};
}

// WireGuard answers from where it was asked, unless the way back leaves by another interface
// (socket.c, send4: then the address is chosen anew).
Match wrong_source(const PeerFacts& peer, const InterfaceFacts& facts) {
  Match evidence = answer_rejected(peer, facts);
  if (!evidence) return std::nullopt;
  const event::BegunSession* session = asked_by_peer(peer);
  if (!session->asked_at || *session->asked_at == rejection(peer, facts)->outer->src)
    return std::nullopt;
  evidence->insert(evidence->begin(), {"asked_at", to_string(*session->asked_at)});
  return evidence;
}

// The same from a peer that came to us, used its session, and then was quiet: the address is
// NAT's, which has forgotten it.
Match nat_timeout(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!nobody_listens(peer, facts)) return std::nullopt;
  const event::BegunSession* session = asked_by_peer(peer);
  if (!session || !was_used(peer, *session)) return std::nullopt;
  const explain::DropRow* row = rejection(peer, facts);
  if (row->last_wall_ns - facts.clock.wall(session->ns) < kNatRemembersNs) return std::nullopt;
  return Evidence{{"rejected", number(row->count)},
                  {"session_s_ago", seconds_ago(facts.clock, session->ns)}};
}

// Data of the old session came, but no answer to initiations.
Match filtered(const PeerFacts& peer, const InterfaceFacts&) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h || h->attempts < kPeerWouldTry || !since_begun(*h, Hs::NO_ANSWER) || !peer.now ||
      peer.now->came_bytes == 0)
    return std::nullopt;
  return Evidence{{"attempts", h->attempts},
                  {"unanswered", number(h->count[Hs::NO_ANSWER])},
                  {"came_bytes", peer.now->came_bytes}};
}

// The last attempts, or all: with a long round trip each retry crosses the other's again.
Match crossed(const PeerFacts& peer, const InterfaceFacts&) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h || h->attempts < kTooMany || !since_begun(*h, Hs::CROSSED) ||
      h->last_ns[Hs::CROSSED] < h->last_ns[Hs::NO_ANSWER])
    return std::nullopt;
  return Evidence{{"crossed", number(h->count[Hs::CROSSED])},
                  {"attempts", h->attempts},
                  {"round_trip_ms", number(h->rtt_ns / 1'000'000)}};
}

Match cookie_required(const PeerFacts& peer, const InterfaceFacts& facts) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h || !since_begun(*h, Hs::COOKIE_REQUIRED)) return std::nullopt;
  return Evidence{{"cookies", number(h->count[Hs::COOKIE_REQUIRED])},
                  {"attempts", h->attempts},
                  {"last_s_ago", seconds_ago(facts.clock, h->last_ns[Hs::COOKIE_REQUIRED])}};
}

Match gave_up(const PeerFacts& peer, const InterfaceFacts& facts) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h || !since_begun(*h, Hs::GAVE_UP)) return std::nullopt;
  return Evidence{{"attempts", h->attempts},
                  {"trying_s", number((h->tried_ns - h->begun_ns) / kNsPerSecond)},
                  {"gave_up_s_ago", seconds_ago(facts.clock, h->last_ns[Hs::GAVE_UP])}};
}

Match no_answer(const PeerFacts& peer, const InterfaceFacts& facts) {
  const event::HandshakeHistory* h = trying(peer);
  if (!h || h->attempts < kTooMany || !since_begun(*h, Hs::INITIATION_SENT)) return std::nullopt;
  return Evidence{{"attempts", h->attempts}, {"trying_s", seconds_ago(facts.clock, h->begun_ns)}};
}

// --- the responder's end

bool has_session(const PeerFacts& peer) {
  return std::ranges::any_of(peer.section.sessions, [](const explain::SessionRow& session) {
    return std::string_view(session.place) == "current" && session.age_s < kSessionSeconds;
  });
}

Match replayed_timestamp(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!peer.handshake) return std::nullopt;
  const event::HandshakeHistory& h = *peer.handshake;
  const std::uint64_t refused = h.last_ns[Hs::REPLAYED_TIMESTAMP];
  if (!is_recent(facts, refused) || refused < h.last_ns[Hs::INITIATION_ACCEPTED] ||
      refused < h.last_ns[Hs::COMPLETED])
    return std::nullopt;
  // One copy of an old initiation, which anybody can send, while a session works.
  if (h.count[Hs::REPLAYED_TIMESTAMP] == 1 && has_session(peer)) return std::nullopt;
  return Evidence{{"refused", number(h.count[Hs::REPLAYED_TIMESTAMP])},
                  {"accepted_time", utc(h.their_time_s)},
                  {"time_here", utc(facts.clock.wall(refused) / kNsPerSecond)}};
}

Match rate_limited(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!peer.section.peer.endpoint) return std::nullopt;
  for (const event::UnknownSender& sender : facts.unknown_senders)
    if (sender.result == Hs::RATE_LIMITED && is_recent(facts, sender.last_ns) && sender.source &&
        sender.source->address == peer.section.peer.endpoint->address)
      return Evidence{{"refused", number(sender.count)}};
  return std::nullopt;
}

Match never_confirmed(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!peer.handshake) return std::nullopt;
  const event::HandshakeHistory& h = *peer.handshake;
  if (h.unconfirmed < kTooManyUnconfirmed || !is_recent(facts, h.last_ns[Hs::RESPONSE_SENT]))
    return std::nullopt;
  return Evidence{{"answered", h.unconfirmed},
                  {"last_s_ago", seconds_ago(facts.clock, h.last_ns[Hs::RESPONSE_SENT])}};
}

Match flood(const PeerFacts& peer, const InterfaceFacts& facts) {
  if (!peer.handshake || !is_recent(facts, peer.handshake->last_ns[Hs::FLOOD])) return std::nullopt;
  return Evidence{{"ignored", number(peer.handshake->count[Hs::FLOOD])}};
}

constexpr const char* kAskThere =
    "Only the other end can tell more. There, run `wg-trace up IFACE`, and while this end tries, "
    "`wg-trace health IFACE`.";

constexpr PeerRule kHandshakeRules[] = {
    {"hs.not_leaving", kError, not_leaving,
     "Handshake initiations to {endpoint|this peer} do not leave this host: {error_text} ({error})",
     "See which route the endpoint has.", "ip route get {endpoint_address} mark {fwmark}",
     RunIn::kSocket},
    {"hs.not_leaving", kError, not_leaving,
     "Handshake initiations to {endpoint|this peer} do not leave this host: {error_text} ({error})",
     "See which route the endpoint has.", "ip route get {endpoint_address}", RunIn::kSocket},
    {"hs.not_leaving", kError, not_leaving,
     "Handshake initiations to this peer do not leave this host: {error_text} ({error})",
     "Set its address.", "wg set {dev} peer {key} endpoint HOST:PORT"},
    {"hs.not_leaving", kError, dropped_by_firewall,
     "This host's own firewall drops the handshake initiations to {endpoint|this peer}",
     "Let UDP to {endpoint|it} out; find the rule.", "nft list ruleset", RunIn::kSocket},
    {"hs.not_leaving", kError, dropped_on_the_way_out,
     "This host's own stack drops the handshake initiations to {endpoint|this peer}: {reason}",
     "See which route and which next hop the endpoint has.", "ip route get {endpoint_address}",
     RunIn::kSocket},
    {"hs.psk_mismatch", kError, psk_mismatch,
     "{endpoint|The peer} answers, but its answers cannot be decrypted: the preshared keys of the "
     "two ends differ",
     "Give both ends the same preshared key.", "wg set {dev} peer {key} preshared-key FILE"},
    {"hs.late_response", kError, late_response,
     "The answers of {endpoint|the peer} take {round_trip_ms} ms; WireGuard begins anew after 5 s, "
     "so no handshake can complete",
     "Look for what delays packets this long; see the round trip.", "ping -c 3 {endpoint_address}",
     RunIn::kSocket},
    {"path.wrong_source", kError, wrong_source,
     "{endpoint} asked this host at {asked_at} and refuses its answers, which leave from {from}: "
     "the way back goes out by another uplink than the one that the question came in by",
     "Let answers leave by the uplink that was asked: give the address a table of its own, with "
     "that uplink's default route, and a rule.",
     "ip rule add from {asked_at} table TABLE", RunIn::kSocket},
    {"path.wrong_source", kError, answer_rejected,
     "{endpoint} asked this host {session_s_ago} s ago, and answers that nothing listens there to "
     "the answer, which leaves from {from}: it or its NAT waits for one from another address or "
     "port",
     "See whether it asks another address of this host than {from}; answers have to leave from "
     "there.",
     "ip route get {endpoint_address} mark {fwmark}", RunIn::kSocket},
    {"path.wrong_source", kError, answer_rejected,
     "{endpoint} asked this host {session_s_ago} s ago, and answers that nothing listens there to "
     "the answer, which leaves from {from}: it or its NAT waits for one from another address or "
     "port",
     "See whether it asks another address of this host than {from}; answers have to leave from "
     "there.",
     "ip route get {endpoint_address}", RunIn::kSocket},
    {"endpoint.nat_timeout", kError, nat_timeout,
     "{endpoint} answers that nothing listens there; the peer came from there {session_s_ago} s "
     "ago, so it is behind NAT, and the NAT has forgotten it",
     "On the peer's host, keep the way open: `wg set IFACE peer {own_key|KEY} persistent-keepalive "
     "25`.",
     nullptr},
    {"path.rejected", kError, nobody_listens_here,
     "{endpoint} is this very host, and nothing listens on UDP port {endpoint_port} of it: what "
     "is to carry the packets on, such as a relay, is not running",
     "Start it, and see that it listens there.", "ss -lnup"},
    {"path.rejected", kError, nobody_listens,
     "{endpoint_address} answers that nothing listens on UDP port {endpoint_port} there",
     "Is WireGuard up there, and on that port? If it uses another one, set it.",
     "wg set {dev} peer {key} endpoint HOST:PORT"},
    {"path.rejected", kError, rejected,
     "{router} answers that it does not let packets to {endpoint} pass: {reason}",
     "Ask whoever runs {router} to let UDP to {endpoint} pass; see how far it gets.",
     "traceroute -n -U -p {endpoint_port} {endpoint_address}", RunIn::kSocket},
    {"hs.crossed", kWarning, crossed,
     "Both ends begin at once, {attempts} times by now: each gives up its own initiation for the "
     "other's, and then takes no answer to it (round trip {round_trip_ms} ms)",
     "Nothing, if it passes with one of the next tries. If not, let one end be quiet for 10 s.",
     nullptr},
    {"path.handshakes_filtered", kError, filtered,
     "{attempts} initiations were not answered, while data of the old session still came in: "
     "something on the way filters handshakes",
     "Ask for UDP messages of 148 and 92 bytes to be let through, or change the port.", nullptr},
    {"hs.cookie_required", kWarning, cookie_required,
     "{endpoint|The peer} is under load and asked for a proof of our address (a cookie); the next "
     "try has it",
     "Nothing, if it passes. If it goes on, find out who floods the other end with handshakes.",
     nullptr},
    {"hs.gave_up", kError, gave_up,
     "{attempts} initiations to {endpoint|the peer} in {trying_s} s were not answered; WireGuard "
     "gave up, and tries again when there is something to send",
     kAskThere, nullptr},
    {"hs.no_answer", kError, no_answer,
     "{attempts} initiations to {endpoint|the peer} left this host and none was answered; from "
     "this end it cannot be told where they or the answers are lost",
     kAskThere, nullptr},
    {"hs.replayed_timestamp", kError, replayed_timestamp,
     "Its initiations are refused as replays: its clock is not ahead of {accepted_time}, the time "
     "of the last one that was accepted; here it is {time_here}",
     "Set the clock of the peer's host, by NTP outside the tunnel. Or two hosts use one private "
     "key.",
     nullptr},
    {"hs.rate_limited", kWarning, rate_limited,
     "More handshakes come from {endpoint_address} than WireGuard takes (20 a second); {refused} "
     "were refused",
     "Find out what sends them.", "tcpdump -n udp and host {endpoint_address}", RunIn::kSocket},
    {"hs.no_answer", kError, never_confirmed,
     "This host answered {answered} initiations of it, but none of the sessions was ever used: the "
     "answers are lost on the way back or come too late, or the preshared keys differ",
     kAskThere, nullptr},
    {"hs.flood", kInfo, flood,
     "{ignored} initiations were ignored: copies of an accepted one, or within 20 ms of it",
     nullptr, nullptr},
};

}  // namespace

std::span<const PeerRule> handshake_rules() { return kHandshakeRules; }

}  // namespace wgt::health
