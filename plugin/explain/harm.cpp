// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/harm.h"

#include <algorithm>
#include <charconv>
#include <span>

namespace wgt::explain {
namespace {

using Words = std::span<const std::string>;

// Of what shell_word made: quotes are around a whole word, or there are none.
std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  for (const char c : command) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

// The word behind a name: of "peer KEY", the key.
const std::string* behind(Words words, std::string_view name) {
  const auto found = std::ranges::find(words, name);
  if (found == words.end() || found + 1 == words.end()) return nullptr;
  return &*(found + 1);
}

std::optional<IpPrefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpPrefix prefix{.address = *address,
                  .length = static_cast<std::uint8_t>(address->version == 4 ? 32 : 128)};
  if (slash == std::string_view::npos) return prefix;
  const std::string_view length = text.substr(slash + 1);
  const auto read = std::from_chars(length.data(), length.data() + length.size(), prefix.length);
  if (read.ec != std::errc{}) return std::nullopt;
  return prefix;
}

std::vector<IpPrefix> parse_list(std::string_view list) {
  std::vector<IpPrefix> prefixes;
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (const auto prefix = parse_prefix(list.substr(0, comma))) prefixes.push_back(*prefix);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return prefixes;
}

bool overlap(const IpPrefix& a, const IpPrefix& b) {
  return contains(a, b.address) || contains(b, a.address);
}

const wg::Peer* peer_of(Words words, const Surroundings& around) {
  const std::string* key = behind(words, "peer");
  if (!key || !around.device) return nullptr;
  const auto& peers = around.device->peers;
  const auto found = std::ranges::find_if(
      peers, [&](const wg::Peer& peer) { return wg::to_base64(peer.public_key) == *key; });
  return found == peers.end() ? nullptr : &*found;
}

// --- one function for each line of the list: what would be added by `wg set … allowed-ips`

std::optional<Harm> harm_of_range(const IpPrefix& added, const wg::Peer* peer,
                                  const Surroundings& around) {
  for (const wg::Peer& other : around.device->peers) {
    if (other.endpoint && contains(added, other.endpoint->address) && around.device->fwmark == 0)
      return Harm::kAllowsEndpoint;
    if (&other != peer && std::ranges::find(other.allowed_ips, added) != other.allowed_ips.end())
      return Harm::kTakesFromPeer;
  }
  if (std::ranges::any_of(around.own_addresses, [&](const IpAddress& own) {
        return contains(added, own) && added.length != 0;
      }))
    return Harm::kAllowsOwnAddress;
  if (std::ranges::any_of(around.own_ranges, [&](const IpPrefix& own) {
        return overlap(added, own) && added.length != 0;
      }))
    return Harm::kAllowsOwnRange;
  return std::nullopt;
}

std::optional<Harm> harm_of_allowing(Words words, const Surroundings& around) {
  const std::string* list = behind(words, "allowed-ips");
  if (!list || !around.device) return std::nullopt;
  const wg::Peer* peer = peer_of(words, around);
  std::vector<IpPrefix> wanted = parse_list(*list);
  if (peer) {
    std::vector<IpPrefix> now = peer->allowed_ips;
    std::ranges::sort(now);
    std::ranges::sort(wanted);
    if (!wanted.empty() && now == wanted) return Harm::kIsSet;
    std::erase_if(wanted, [&](const IpPrefix& prefix) {
      return std::ranges::find(now, prefix) != now.end();
    });
  }
  for (const IpPrefix& added : wanted)
    if (const auto harm = harm_of_range(added, peer, around)) return harm;
  return std::nullopt;
}

std::optional<Harm> harm_of_endpoint(Words words, const Surroundings& around) {
  const std::string* endpoint = behind(words, "endpoint");
  const wg::Peer* peer = endpoint ? peer_of(words, around) : nullptr;
  if (!peer) return std::nullopt;
  if (peer->endpoint && to_string(*peer->endpoint) == *endpoint) return Harm::kIsSet;
  if (std::ranges::find(around.healthy_peers, peer->public_key) != around.healthy_peers.end())
    return Harm::kIsHealthy;
  return std::nullopt;
}

std::optional<Harm> harm_of_wg_set(Words words, const Surroundings& around) {
  if (const auto harm = harm_of_allowing(words, around)) return harm;
  return harm_of_endpoint(words, around);
}

std::optional<Harm> harm_of_route(Words words, const Surroundings& around) {
  const auto prefix = words.empty() ? std::nullopt : parse_prefix(words.front());
  const std::string* dev = behind(words, "dev");
  if (!prefix || !dev || !around.device || *dev != around.device->name) return std::nullopt;
  if (around.device->fwmark != 0) return std::nullopt;
  if (prefix->length == 0) return Harm::kCatchesEverything;
  for (const wg::Peer& peer : around.device->peers)
    if (peer.endpoint && contains(*prefix, peer.endpoint->address)) return Harm::kAllowsEndpoint;
  return std::nullopt;
}

std::optional<Harm> harm_of_sysctl(Words words, const Surroundings& around) {
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) continue;
    std::string name = word.substr(0, equals);
    std::ranges::replace(name, '/', '.');
    const auto setting = around.settings.find(name);
    if (setting != around.settings.end() &&
        std::to_string(setting->second) == word.substr(equals + 1))
      return Harm::kIsSet;
  }
  return std::nullopt;
}

std::optional<Harm> harm_of_link_up(Words words, const Surroundings& around) {
  const bool of_device = around.device && !words.empty() && words.front() == around.device->name;
  if (of_device && around.up && words.back() == "up") return Harm::kIsSet;
  return std::nullopt;
}

struct Row {
  std::vector<std::string_view> begins;  // with these words
  std::optional<Harm> (*harm)(Words rest, const Surroundings& around);
};

constexpr const char* kNames[] = {"harm_endpoint",   "harm_own_address", "harm_own_range",
                                  "harm_other_peer", "harm_everything",  "harm_is_set",
                                  "harm_is_healthy"};

}  // namespace

const char* harm_name(Harm harm) { return kNames[static_cast<std::size_t>(harm)]; }

std::optional<Harm> harm_of(std::string_view command, const Surroundings& around) {
  static const Row kRows[] = {
      {{"wg", "set"}, harm_of_wg_set},
      {{"ip", "route", "add"}, harm_of_route},
      {{"ip", "link", "set"}, harm_of_link_up},
      {{"sysctl", "-w"}, harm_of_sysctl},
  };
  const std::vector<std::string> words = words_of(command);
  for (const Row& row : kRows)
    if (words.size() > row.begins.size() &&
        std::equal(row.begins.begin(), row.begins.end(), words.begin()))
      return row.harm(Words(words).subspan(row.begins.size()), around);
  return std::nullopt;
}

}  // namespace wgt::explain
