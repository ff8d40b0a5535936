// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with an interface and no peer's in particular: above all, who knocks at it.
#include <algorithm>

#include "plugin/health/rule.h"
#include "plugin/health/times.h"

namespace wgt::health {
namespace {

using Match = std::optional<Evidence>;

wg::PublicKey key_of(const wgt_unknown_sender_key& key) {
  wg::PublicKey result;
  std::copy(std::begin(key.id), std::end(key.id), result.bytes.begin());
  return result;
}

// Whether a peer from that address has had a handshake since.
bool got_in_since(const InterfaceFacts& facts, const wgt_unknown_sender& unknown_sender) {
  const IpAddress source = to_endpoint(unknown_sender.source).address;
  return std::ranges::any_of(facts.peers, [&](const PeerFacts& peer) {
    return peer.section.peer.endpoint && peer.section.peer.endpoint->address == source &&
           peer.handshake && peer.handshake->last_ns[WGT_HS_COMPLETED] > unknown_sender.last_ns;
  });
}

struct UnknownSenders {
  const std::pair<wgt_unknown_sender_key, wgt_unknown_sender>* last = nullptr;
  std::int64_t messages = 0;
  std::int64_t how_many = 0;
};
UnknownSenders unknown_senders(const InterfaceFacts& facts, wgt_hs result) {
  UnknownSenders all;
  for (const auto& entry : facts.unknown_senders) {
    const auto& [key, unknown_sender] = entry;
    if (key.result != result || !is_recent(facts, unknown_sender.last_ns) ||
        got_in_since(facts, unknown_sender))
      continue;
    if (result == WGT_HS_UNKNOWN_INITIATOR &&
        std::ranges::any_of(facts.peers, [&](const PeerFacts& peer) {
          return peer.section.peer.public_key == key_of(entry.first);
        }))
      continue;  // it has been added meanwhile
    all.messages += number(unknown_sender.count);
    all.how_many++;
    if (!all.last || unknown_sender.last_ns > all.last->second.last_ns) all.last = &entry;
  }
  return all;
}

template <wgt_hs kResult>
Match knocked(const InterfaceFacts& facts) {
  const UnknownSenders found = unknown_senders(facts, kResult);
  if (!found.last) return std::nullopt;
  return Evidence{{"from", to_string(to_endpoint(found.last->second.source))},
                  {"messages", found.messages},
                  {"senders", found.how_many},
                  {"last_s_ago", seconds_ago(facts.clock, found.last->second.last_ns)}};
}

Match unknown_initiator(const InterfaceFacts& facts) {
  Match evidence = knocked<WGT_HS_UNKNOWN_INITIATOR>(facts);
  if (!evidence) return std::nullopt;
  const UnknownSenders found = unknown_senders(facts, WGT_HS_UNKNOWN_INITIATOR);
  evidence->insert(evidence->begin(), {"public_key", wg::to_base64(key_of(found.last->first))});
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
    {"hs.wrong_responder_key", kWarning, knocked<WGT_HS_WRONG_RESPONDER_KEY>,
     "{from} sent initiations that are meant for another public key than {own_key}: it has a wrong "
     "key for this host",
     "If it is meant to be a peer, give it the key of this host: {own_key}.", nullptr},
    {"hs.wrong_responder_key", kWarning, knocked<WGT_HS_WRONG_RESPONDER_KEY>,
     "{from} sent initiations that are meant for another public key", nullptr, nullptr},
    {"hs.queue_full", kWarning, knocked<WGT_HS_QUEUE_FULL>,
     "The queue of handshake messages was full, and {messages} more were refused, the last from "
     "{from}",
     "Find out who sends them.", "tcpdump -n -c 100 udp port {listen_port}"},
    {"hs.cookie_required", kWarning, knocked<WGT_HS_COOKIE_REQUIRED>,
     "This host was under load by handshakes and asked {senders} senders for a proof of their "
     "address (a cookie); the last was {from}",
     "Nothing, if it passes. If it goes on, find out who sends them.",
     "tcpdump -n -c 100 udp port {listen_port}"},
    {"hs.undecryptable", kInfo, knocked<WGT_HS_UNDECRYPTABLE>,
     "{messages} initiations that are meant for this host could not be decrypted, the last from "
     "{from}: forged, or altered on the way",
     nullptr, nullptr},
};

}  // namespace

std::span<const InterfaceRule> interface_rules() { return kInterfaceRules; }

}  // namespace wgt::health
