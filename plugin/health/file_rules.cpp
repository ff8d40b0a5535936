// SPDX-License-Identifier: GPL-2.0-only
// Rules of `check`: the wg-quick file and the interface, compared both ways. What of a file is
// refused was not loaded, so that nothing else that differs is news.
#include <algorithm>

#include "plugin/health/host_rule.h"

namespace wgt::health {
namespace {

using wg::QuickFile;
using wg::QuickPeer;

HostMatches refused(const HostFacts& facts) {
  HostMatches matches;
  if (!facts.file) return matches;
  for (const wg::QuickProblem& problem : facts.file->problems)
    matches.push_back({{{"line", problem.line}, {"word", problem.word}}, {{"why", problem.why}}});
  return matches;
}

const wg::Peer* loaded(const HostFacts& facts, const wg::PublicKey& key) {
  const auto peer = std::ranges::find(facts.device.peers, key, &wg::Peer::public_key);
  return peer == facts.device.peers.end() ? nullptr : &*peer;
}

bool is_own(const HostFacts& facts, const wg::PublicKey& key) {
  return (facts.device.has_private_key && key == facts.device.public_key) ||
         key == facts.file->public_key;
}

// The last section of a key is the one that holds.
const QuickPeer* later(const QuickFile& file, const QuickPeer& peer) {
  const QuickPeer* last = nullptr;
  for (const QuickPeer& other : file.peers)
    if (other.line > peer.line && other.public_key == peer.public_key) last = &other;
  return last;
}

HostMatch about(const QuickPeer& peer) {
  return {{{"peer", wg::to_base64(peer.public_key)}, {"line", peer.line}},
          peer_words(peer.public_key)};
}

HostMatches twice(const HostFacts& facts) {
  HostMatches matches;
  if (!facts.file) return matches;
  for (const QuickPeer& peer : facts.file->peers)
    if (const QuickPeer* other = later(*facts.file, peer)) {
      HostMatch match = about(peer);
      match.evidence.emplace_back("again", other->line);
      matches.push_back(std::move(match));
    }
  return matches;
}

HostMatches own_key(const HostFacts& facts) {
  HostMatches matches;
  if (!facts.file) return matches;
  for (const QuickPeer& peer : facts.file->peers)
    if (is_own(facts, peer.public_key)) matches.push_back(about(peer));
  return matches;
}

bool comparable(const HostFacts& facts) { return facts.file && facts.file->problems.empty(); }

HostMatches never_loaded(const HostFacts& facts) {
  HostMatches matches;
  if (!comparable(facts)) return matches;
  for (const QuickPeer& peer : facts.file->peers)
    if (!loaded(facts, peer.public_key) && !is_own(facts, peer.public_key) &&
        !later(*facts.file, peer))
      matches.push_back(about(peer));
  return matches;
}

// What of the interface, or of a peer that is in both, is another: "ListenPort 51821, and …".
struct Difference {
  const char* what;
  std::string in_file;
  std::string now;
};

HostMatch differ(HostMatch match, const Difference& difference) {
  match.evidence.emplace_back("what", difference.what);
  match.evidence.emplace_back("in_file", difference.in_file);
  match.evidence.emplace_back("now", difference.now);
  return match;
}

HostMatches interface_differs(const HostFacts& facts) {
  HostMatches matches;
  if (!comparable(facts)) return matches;
  const QuickFile& file = *facts.file;
  const wg::Device& device = facts.device;
  if (file.listen_port && *file.listen_port != 0 && *file.listen_port != device.listen_port)
    matches.push_back(differ(
        {}, {"ListenPort", std::to_string(*file.listen_port), std::to_string(device.listen_port)}));
  // Without one, wg-quick may choose one.
  if (file.fwmark && *file.fwmark != 0 && *file.fwmark != device.fwmark)
    matches.push_back(
        differ({}, {"FwMark", std::to_string(*file.fwmark), std::to_string(device.fwmark)}));
  if (file.public_key && device.has_private_key && *file.public_key != device.public_key)
    matches.push_back(differ({}, {"the public key of PrivateKey", wg::to_base64(*file.public_key),
                                  wg::to_base64(device.public_key)}));
  return matches;
}

HostMatches peer_differs(const HostFacts& facts) {
  HostMatches matches;
  if (!comparable(facts)) return matches;
  const auto seconds = [](unsigned s) { return s == 0 ? std::string("off") : std::to_string(s); };
  const auto set = [](bool is) { return std::string(is ? "set" : "not set"); };
  for (const QuickPeer& peer : facts.file->peers) {
    const wg::Peer* now = loaded(facts, peer.public_key);
    if (!now || later(*facts.file, peer)) continue;
    if (peer.persistent_keepalive_s != now->persistent_keepalive_s)
      matches.push_back(
          differ(about(peer), {"PersistentKeepalive", seconds(peer.persistent_keepalive_s),
                               seconds(now->persistent_keepalive_s)}));
    if (peer.has_preshared_key != now->has_preshared_key)
      matches.push_back(differ(
          about(peer), {"PresharedKey", set(peer.has_preshared_key), set(now->has_preshared_key)}));
  }
  return matches;
}

constexpr const char* kLoad = "bash -c 'wg syncconf \"$1\" <(wg-quick strip \"$1\")' bash {dev}";

constexpr HostRule kFileRules[] = {
    {"config.file_refused", kWarning, refused,
     "Line {line} of /etc/wireguard/{iface}.conf is refused by wg or wg-quick, and so the whole "
     "file: {word} {why}",
     "Correct the line; until then wg-quick cannot bring {iface} up from it.", nullptr},
    {"config.own_key_as_peer", kWarning, own_key,
     "The wg-quick file of {iface} has its own public key as a peer's (line {line}), which "
     "WireGuard leaves out without a word",
     "Put the public key of the other end there.", nullptr},
    {"config.duplicate_peer", kWarning, twice,
     "Peer {peer} has two sections in the wg-quick file of {iface} (lines {line} and {again}): the "
     "AllowedIPs of the last one replace the others",
     "Make one section of them.", nullptr},
    {"config.differs_from_file", kWarning, never_loaded,
     "Peer {peer} of the wg-quick file (line {line}) is no peer of {iface}",
     "Make both the same; this loads the file.", kLoad},
    {"config.differs_from_file", kWarning, interface_differs,
     "The wg-quick file of {iface} says otherwise: {what} is {in_file} in it, and {now} now",
     "Make both the same; this loads the file.", kLoad},
    {"config.differs_from_file", kWarning, peer_differs,
     "The wg-quick file of {iface} says otherwise of peer {peer}: {what} is {in_file} in it, and "
     "{now} now",
     "Make both the same; this loads the file.", kLoad},
};

}  // namespace

std::span<const HostRule> file_rules() { return kFileRules; }

}  // namespace wgt::health
