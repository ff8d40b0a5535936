// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with an interface and no peer's in particular: above all, who knocks at it.
#include <algorithm>

#include "plugin/health/rule.h"
#include "plugin/health/times.h"

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

struct Knocking {
  const event::UnknownSender* last = nullptr;
  std::int64_t messages = 0;
  std::int64_t how_many = 0;
};
Knocking knocking(const InterfaceFacts& facts, Hs result) {
  Knocking all;
  for (const event::UnknownSender& sender : facts.unknown_senders) {
    if (sender.result != result || !is_recent(facts, sender.last_ns) || got_in_since(facts, sender))
      continue;
    if (sender.initiator && is_peer(facts, *sender.initiator)) continue;  // added meanwhile
    all.messages += number(sender.count);
    all.how_many++;
    if (!all.last || sender.last_ns > all.last->last_ns) all.last = &sender;
  }
  return all;
}

template <Hs kResult>
Match knocked(const InterfaceFacts& facts) {
  const Knocking found = knocking(facts, kResult);
  if (!found.last) return std::nullopt;
  return Evidence{{"from", found.last->source ? to_string(*found.last->source) : "(unknown)"},
                  {"messages", found.messages},
                  {"senders", found.how_many},
                  {"last_s_ago", seconds_ago(facts.clock, found.last->last_ns)}};
}

Match unknown_initiator(const InterfaceFacts& facts) {
  Match evidence = knocked<Hs::UNKNOWN_INITIATOR>(facts);
  if (!evidence) return std::nullopt;
  const Knocking found = knocking(facts, Hs::UNKNOWN_INITIATOR);
  if (!found.last->initiator) return std::nullopt;
  evidence->insert(evidence->begin(), {"public_key", wg::to_base64(*found.last->initiator)});
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
    {"hs.unknown_initiator", kWarning, unknown_initiator,
     "{from} tries to connect with a public key that is no peer's here: {public_key}",
     "If it is meant to be a peer, add it.",
     "wg set {dev} peer {public_key} allowed-ips ADDRESSES"},
    {"hs.wrong_responder_key", kWarning, knocked<Hs::WRONG_RESPONDER_KEY>,
     "{from} sent initiations that are meant for another public key than {own_key}: it has a wrong "
     "key for this host",
     "If it is meant to be a peer, give it the key of this host: {own_key}.", nullptr},
    {"hs.wrong_responder_key", kWarning, knocked<Hs::WRONG_RESPONDER_KEY>,
     "{from} sent initiations that are meant for another public key", nullptr, nullptr},
    {"hs.queue_full", kWarning, knocked<Hs::QUEUE_FULL>,
     "The queue of handshake messages was full, and {messages} more were refused, the last from "
     "{from}",
     "Find out who sends them.", "tcpdump -n -c 100 udp port {listen_port}"},
    {"hs.cookie_required", kWarning, knocked<Hs::COOKIE_REQUIRED>,
     "This host was under load by handshakes and asked {senders} senders for a proof of their "
     "address (a cookie); the last was {from}",
     "Nothing, if it passes. If it goes on, find out who sends them.",
     "tcpdump -n -c 100 udp port {listen_port}"},
    {"hs.undecryptable", kInfo, knocked<Hs::UNDECRYPTABLE>,
     "{messages} initiations that are meant for this host could not be decrypted, the last from "
     "{from}: forged, or altered on the way",
     nullptr, nullptr},
};

}  // namespace

std::span<const InterfaceRule> interface_rules() { return kInterfaceRules; }

}  // namespace wgt::health
