// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/facts.h"

#include <algorithm>
#include <cstdio>

#include "plugin/explain/flow.h"
#include "plugin/explain/reason_name.h"
#include "wgtools/base/time.h"

namespace wgt::explain {
namespace {

constexpr std::size_t kNamedAtMost = 3;  // in a sentence; a command has the whole list

std::string host_prefix(const IpAddress& address) {
  return to_string(IpPrefix{.address = address,
                            .length = static_cast<std::uint8_t>(address.version == 4 ? 32 : 128)});
}

bool is_host_prefix_of(const IpPrefix& prefix, const IpAddress& address) {
  return prefix.address == address && prefix.length == (address.version == 4 ? 32 : 128);
}

bool is_multicast(const IpAddress& address) {
  if (address.version == 6) return address.bytes[0] == 0xff;
  return address.version == 4 && address.bytes[0] >= 224;  // and the limited broadcast
}

// Sources that ip6_forward refuses even when forwarding is on.
bool is_never_forwarded(const IpAddress& address) {
  if (address.version != 6) return false;
  const auto& b = address.bytes;
  const bool link_local = b[0] == 0xfe && (b[1] & 0xc0) == 0x80;
  const bool any_or_loopback =
      std::all_of(b.begin(), b.end() - 1, [](auto x) { return x == 0; }) && b.back() <= 1;
  return link_local || any_or_loopback || is_multicast(address);
}

std::string join_all(const std::vector<IpPrefix>& prefixes) {
  std::string text;
  for (const IpPrefix& prefix : prefixes) text += (text.empty() ? "" : ",") + to_string(prefix);
  return text;
}

std::string join_few(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamedAtMost); i++)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamedAtMost)
    text += " and " + std::to_string(names.size() - kNamedAtMost) + " more";
  return text;
}

std::string few_prefixes(const std::vector<IpPrefix>& prefixes) {
  std::vector<std::string> names;
  names.reserve(prefixes.size());
  for (const IpPrefix& prefix : prefixes) names.push_back(to_string(prefix));
  return join_few(names);
}

// What `wg set … allowed-ips` has to be given: it replaces the whole list.
std::string list_with(const wg::Peer& peer, const IpAddress& address) {
  const std::string list = join_all(peer.allowed_ips);
  return (list.empty() ? "" : list + ",") + host_prefix(address);
}

// The peer that the kernel's longest-prefix match picks for an address, and with which length.
struct Owner {
  const wg::Peer* peer = nullptr;
  const IpPrefix* prefix = nullptr;
};
Owner owner_of(const wg::Device& device, const IpAddress& address) {
  Owner owner;
  for (const wg::Peer& peer : device.peers)
    for (const IpPrefix& prefix : peer.allowed_ips)
      if (contains(prefix, address) && (!owner.prefix || prefix.length > owner.prefix->length))
        owner = {.peer = &peer, .prefix = &prefix};
  return owner;
}

const wg::Peer* find_peer(const wg::Device& device, const wg::PublicKey& key) {
  const auto it = std::ranges::find(device.peers, key, &wg::Peer::public_key);
  return it == device.peers.end() ? nullptr : &*it;
}

void add_key(Facts& facts, const PathView& path) {
  if (path.key) {
    char index[sizeof "0x12345678"];
    std::snprintf(index, sizeof index, "0x%08x", path.key->receiver_index);
    facts["index"] = index;
    facts["counter"] = std::to_string(path.key->counter);
  }
}

void add_side(Facts& facts, const Side& side) {
  facts["host"] = side.host;
  facts["iface"] = side.interface;
  // "ifindex 5" stands for a device that is not known by name; no real name has a space.
  if (side.interface.find(' ') == std::string::npos) facts["dev"] = side.interface;
  if (side.netns) facts["netns"] = *side.netns;
  if (side.tried_since_wall_ns != 0) {
    // When it was told: a second after it came.
    const std::int64_t tried_ns = side.t0_wall_ns + kNsPerSecond - side.tried_since_wall_ns;
    facts["tried_s"] = std::to_string(std::max<std::int64_t>(tried_ns / kNsPerSecond, 1));
  }
  if (side.peer) {
    facts["peer"] = wg::short_form(*side.peer);
    facts["key"] = wg::to_base64(*side.peer);
  }
}

void add_inner(Facts& facts, const Tuple& inner) {
  facts["src"] = to_string(inner.src);
  facts["dst"] = to_string(inner.dst);
  facts["src_host_net"] = host_prefix(inner.src);
  facts["dst_host_net"] = host_prefix(inner.dst);
  facts["proto"] = proto_name(inner.proto);
  if (has_ports(inner)) facts["service"] = proto_name(inner.proto) + " " + destination_text(inner);
  if (inner.len != 0) facts["len"] = std::to_string(inner.len);
  if (is_multicast(inner.dst)) facts["dst_multicast"] = to_string(inner.dst);
  if (is_never_forwarded(inner.src)) facts["src_never_forwarded"] = to_string(inner.src);
}

void add_outer(Facts& facts, const Tuple& outer) {
  facts["to"] = destination_text(outer);
  facts["to_address"] = to_string(outer.dst);
  facts["to_port"] = std::to_string(outer.dst_port);
  facts["from"] = to_string(outer.src);
}

void add_peer(Facts& facts, const wg::Device& device, const wg::Peer& peer,
              const std::optional<Tuple>& inner) {
  facts["allowed"] = few_prefixes(peer.allowed_ips);
  if (peer.endpoint && !facts.contains("to")) {
    facts["to"] = to_string(*peer.endpoint);
    facts["to_address"] = to_string(peer.endpoint->address);
    facts["to_port"] = std::to_string(peer.endpoint->port);
  }
  if (!inner) return;
  facts["allowed_with_src"] = list_with(peer, inner->src);
  const Owner owner = owner_of(device, inner->src);
  if (owner.peer == &peer) {
    facts["src_allowed_now"] = to_string(*owner.prefix);
  } else if (owner.peer) {
    facts["src_owner"] = wg::short_form(owner.peer->public_key);
    facts["src_owner_net"] = to_string(*owner.prefix);
    if (is_host_prefix_of(*owner.prefix, inner->src))
      facts["src_taken_from"] = wg::short_form(owner.peer->public_key);
  }
}

// For a packet that no peer took.
void add_peers(Facts& facts, const wg::Device& device, const Tuple& inner) {
  if (const Owner owner = owner_of(device, inner.dst); owner.peer)
    facts["dst_allowed_now"] = wg::short_form(owner.peer->public_key);
  if (device.peers.empty()) facts["no_peers"] = "0";
  if (device.peers.size() == 1) {
    const wg::Peer& only = device.peers.front();
    facts["only_peer"] = wg::short_form(only.public_key);
    facts["only_key"] = wg::to_base64(only.public_key);
    facts["only_allowed"] = few_prefixes(only.allowed_ips);
    facts["only_with_dst"] = list_with(only, inner.dst);
  } else if (device.peers.size() > 1) {
    std::vector<std::string> names;
    names.reserve(device.peers.size());
    for (const wg::Peer& peer : device.peers) names.push_back(wg::short_form(peer.public_key));
    facts["peers"] = join_few(names);
  }
}

}  // namespace

const Side* side_of(const PathView& path, VerdictId verdict) {
  const Side* tx = path.tx ? &*path.tx : nullptr;
  const Side* rx = path.rx ? &*path.rx : nullptr;
  switch (event::verdict_side(verdict)) {
    case VerdictSide::kTx:
      return tx;
    case VerdictSide::kRx:
      return rx;
    case VerdictSide::kNetwork:
    case VerdictSide::kNone:
      break;
  }
  return tx ? tx : rx;
}

Facts gather_facts(const PathView& path, VerdictId verdict, const wg::Device* device) {
  Facts facts;
  const Side* side = side_of(path, verdict);
  if (side) facts["label"] = side_label(*side);
  // Nearly all paths, and their sentences ask for nothing else.
  if (event::is_success(verdict)) return facts;
  if (path.tx) facts["tx"] = side_label(*path.tx);
  if (path.rx) facts["rx"] = side_label(*path.rx);
  add_key(facts, path);
  if (path.inner) add_inner(facts, *path.inner);
  if (path.outer) add_outer(facts, *path.outer);
  if (!side) return facts;
  add_side(facts, *side);
  if (side->outer) add_outer(facts, *side->outer);  // what the receiver saw counts there
  if (!device) return facts;
  if (device->listen_port != 0) facts["listen_port"] = std::to_string(device->listen_port);
  if (device->fwmark != 0) facts["fwmark"] = std::to_string(device->fwmark);
  if (side->peer) {
    if (const wg::Peer* peer = find_peer(*device, *side->peer))
      add_peer(facts, *device, *peer, path.inner);
  } else if (path.inner) {
    add_peers(facts, *device, *path.inner);
  }
  return facts;
}

}  // namespace wgt::explain
