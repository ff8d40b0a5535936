// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with an interface and no peer's in particular: above all, who knocks at it.
#include <algorithm>

#include "plugin/health/rule.h"
#include "plugin/health/times.h"
#include "wgtools/base/time.h"

namespace wgt::health {
namespace {

using Match = std::optional<Evidence>;

// Whether a peer from that address has had a handshake since.
bool got_in_since(const InterfaceFacts& facts, const event::UnknownSender& sender) {
  if (!sender.source) return false;
  return std::ranges::any_of(facts.peers, [&](const PeerFacts& peer) {
    return peer.section.peer.endpoint &&
           peer.section.peer.endpoint->address == sender.source->address && peer.handshake &&
           peer.handshake->last_ns[Hs::COMPLETED] > sender.last_ns;
  });
}

bool is_peer(const InterfaceFacts& facts, const wg::PublicKey& key) {
  return std::ranges::any_of(
      facts.peers, [&](const PeerFacts& peer) { return peer.section.peer.public_key == key; });
}

// WireGuard tries again after 5 s, and for 90 s (messages.h: REKEY_TIMEOUT, REKEY_ATTEMPT_TIME); a
// flood is faster, and single messages are nobody's tries.
bool recurs(const event::UnknownSender& sender) {
  constexpr std::uint64_t kLeastNs = 4 * kNsPerSecond;
  if (sender.without_pause < 2) return false;
  return (sender.last_ns - sender.first_ns) / (sender.without_pause - 1) >= kLeastNs;
}

// The peer that is known to be where a message came from: by address and port, or the only one of
// that address.
const wg::Peer* peer_at(const InterfaceFacts& facts, const std::optional<Endpoint>& source) {
  if (!source) return nullptr;
  const wg::Peer* only = nullptr;
  std::size_t there = 0;
  for (const PeerFacts& peer : facts.peers) {
    const auto& endpoint = peer.section.peer.endpoint;
    if (!endpoint || endpoint->address != source->address) continue;
    if (endpoint->port == source->port) return &peer.section.peer;
    only = &peer.section.peer;
    there++;
  }
  return there == 1 ? only : nullptr;
}

// Anybody can send one message with anybody's address: a peer's tries are those that recur.
const wg::Peer* who_tries(const InterfaceFacts& facts, const event::UnknownSender& sender) {
  return recurs(sender) ? peer_at(facts, sender.source) : nullptr;
}

using Counts = bool (*)(const InterfaceFacts&, const event::UnknownSender&);
bool everybody(const InterfaceFacts&, const event::UnknownSender&) { return true; }
bool is_peers(const InterfaceFacts& facts, const event::UnknownSender& sender) {
  return who_tries(facts, sender) != nullptr;
}
bool is_strangers(const InterfaceFacts& facts, const event::UnknownSender& sender) {
  return who_tries(facts, sender) == nullptr;
}

struct Knocking {
  const event::UnknownSender* last = nullptr;
  std::int64_t messages = 0;
  std::int64_t how_many = 0;
};
Knocking knocking(const InterfaceFacts& facts, Hs result, Counts counts) {
  Knocking all;
  for (const event::UnknownSender& sender : facts.unknown_senders) {
    if (sender.result != result || !is_recent(facts, sender.last_ns) ||
        got_in_since(facts, sender) || !counts(facts, sender))
      continue;
    if (sender.initiator && is_peer(facts, *sender.initiator)) continue;  // added meanwhile
    all.messages += number(sender.count);
    all.how_many++;
    if (!all.last || sender.last_ns > all.last->last_ns) all.last = &sender;
  }
  return all;
}

template <Hs kResult, Counts kCounts = everybody>
Match knocked(const InterfaceFacts& facts) {
  const Knocking found = knocking(facts, kResult, kCounts);
  if (!found.last) return std::nullopt;
  Evidence evidence{{"from", found.last->source ? to_string(*found.last->source) : "(unknown)"},
                    {"messages", found.messages},
                    {"senders", found.how_many},
                    {"last_s_ago", seconds_ago(facts.clock, found.last->last_ns)}};
  if (found.last->initiator)
    evidence.insert(evidence.begin(), {"public_key", wg::to_base64(*found.last->initiator)});
  if (kCounts == is_peers)
    evidence.emplace_back("peer", wg::to_base64(who_tries(facts, *found.last)->public_key));
  return evidence;
}

Match no_identity(const InterfaceFacts& facts) {
  if (facts.view.device.has_private_key || facts.peers.empty()) return std::nullopt;
  return Evidence{{"peers", number(facts.peers.size())}};
}

Match down(const InterfaceFacts& facts) {
  return facts.view.up == false ? Match(Evidence{}) : std::nullopt;
}

constexpr InterfaceRule kInterfaceRules[] = {
    {"host.interface_down", kError, down, "{iface} is down, so nothing goes through it",
     "Bring it up. If its port is in use, that fails: see who has it.", "ip link set {dev} up"},
    {"hs.no_identity", kError, no_identity,
     "{iface} has no private key, so no handshake can be made", "Set one.",
     "wg set {dev} private-key FILE"},
    {"hs.unknown_initiator", kWarning, (knocked<Hs::UNKNOWN_INITIATOR, is_peers>),
     "{from}, where peer {peer} was, tries to connect with a public key that is no peer's here: "
     "its key is a new one, {public_key}",
     "If its owner says so, add the new one and remove the old one; the AllowedIPs go over.",
     "wg set {dev} peer {public_key} allowed-ips ADDRESSES"},
    {"hs.unknown_initiator", kWarning, knocked<Hs::UNKNOWN_INITIATOR>,
     "{from} tries to connect with a public key that is no peer's here: {public_key}",
     "If it is meant to be a peer, add it.",
     "wg set {dev} peer {public_key} allowed-ips ADDRESSES"},
    {"hs.wrong_responder_key", kWarning, (knocked<Hs::WRONG_RESPONDER_KEY, is_peers>),
     "{from}, where peer {peer} is, sends initiations that are meant for another public key than "
     "{own_key}: it has a wrong key for this host",
     "Give it the key of this host: {own_key}.", nullptr},
    {"hs.wrong_responder_key", kWarning, (knocked<Hs::WRONG_RESPONDER_KEY, is_peers>),
     "{from}, where peer {peer} is, sends initiations that are meant for another public key",
     nullptr, nullptr},
    {"hs.junk", kInfo, (knocked<Hs::WRONG_RESPONDER_KEY, is_strangers>),
     "Initiations came that are for no public key of this host, {at_least|}{messages} from "
     "{at_least|}{senders} senders, the last from {from}: junk, unless somebody there has a wrong "
     "key for this host",
     nullptr, nullptr},
    {"hs.queue_full", kWarning, knocked<Hs::QUEUE_FULL>,
     "The queue of handshake messages was full, and {at_least|}{messages} more were refused, the "
     "last from "
     "{from}",
     "Find out who sends them.", "tcpdump -n -c 100 udp port {listen_port}", RunIn::kSocket},
    {"hs.cookie_required", kWarning, knocked<Hs::COOKIE_REQUIRED>,
     "This host was under load by handshakes and asked {at_least|}{senders} senders for a proof of "
     "their "
     "address (a cookie); the last was {from}",
     "Nothing, if it passes. If it goes on, find out who sends them.",
     "tcpdump -n -c 100 udp port {listen_port}", RunIn::kSocket},
    {"hs.undecryptable", kInfo, knocked<Hs::UNDECRYPTABLE>,
     "Initiations that are meant for this host could not be decrypted, {at_least|}{messages} of "
     "them, the last from {from}: forged, or altered on the way",
     nullptr, nullptr},
};

}  // namespace

std::span<const InterfaceRule> interface_rules() { return kInterfaceRules; }

}  // namespace wgt::health
