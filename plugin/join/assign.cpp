// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/assign.h"

#include <algorithm>
#include <iterator>

namespace wgt::join {
namespace {

using Records = std::vector<const Observed*>;
using Paths = std::vector<PathRecords>;

bool is_sent(const event::Event& event) { return std::holds_alternative<event::Sent>(event); }
bool is_received(const event::Event& event) {
  return std::holds_alternative<event::Received>(event);
}

// A drop outside WireGuard knows its namespace, but only by a port its device.
bool may_be_device(const event::DeviceKey& device, const event::DeviceKey& of_drop) {
  if (of_drop.ifindex == 0) return of_drop.netns == 0 || of_drop.netns == device.netns;
  return device == of_drop;
}

template <class Choose>
Records chosen(std::span<const Observed* const> records, Choose choose) {
  Records out;
  std::ranges::copy_if(records, std::back_inserter(out),
                       [&](const Observed* record) { return choose(record->event); });
  std::stable_sort(out.begin(), out.end(), [](const Observed* a, const Observed* b) {
    return event::first_hop_ns(a->event) < event::first_hop_ns(b->event);
  });
  return out;
}

// The tx record joins the rx that tells most about it; the others are paths of their own.
void add_rx(const Observed& rx, Paths& paths, const Hosts& hosts, const Knowledge& knowledge) {
  const auto tx = std::find_if(paths.begin(), paths.end(), [&](const PathRecords& path) {
    return path.tx != nullptr && path.rx == nullptr && same_tunnel(*path.tx, rx, hosts);
  });
  // A duplicate says that a copy got through. Where the record of that copy may be missing, the
  // packet was not dropped here as far as anybody knows.
  const bool joins = tx != paths.end() && (rank(received(rx)) != RxRank::kDuplicate ||
                                           knowledge.absent_rx(*tx->tx) == Basis::kOnlyExplanation);
  if (joins) {
    tx->rx = &rx;
  } else {
    paths.push_back({nullptr, &rx, nullptr});
  }
}

int drop_rank(const Observed& drop) {
  if (std::holds_alternative<event::Rejection>(drop.event)) return 1;
  return is_first_fragment(drop) ? 2 : 0;
}

bool port_matches(const event::Event& drop) {
  const auto* by_stack = std::get_if<event::StackDrop>(&drop);
  return by_stack == nullptr || by_stack->port_match;
}

// Whether a drop by a host's own stack is about this path's packet.
bool concerns(const Observed& drop, const PathRecords& path, const Hosts& hosts) {
  const event::VerdictId verdict = event::verdict_of(drop.event);
  const event::DeviceKey& device = event::device_of(drop.event);
  if (path.tx == nullptr && path.rx == nullptr)
    return path.drop->host == drop.host &&
           (event::verdict_of(path.drop->event) == verdict || is_first_fragment(drop));
  switch (verdict) {
    case event::VerdictId::INNER_IN:
      if (path.rx == nullptr) return same_tunnel(*path.tx, drop, hosts);
      return path.rx->host == drop.host && received(*path.rx).device == device;
    case event::VerdictId::OUTER_IN:
    case event::VerdictId::NETWORK_LOST:
      if (path.tx == nullptr) return path.rx->host == drop.host;
      // A host between the two that is traced as well drops packets, too: not the receiver.
      return device.ifindex == 0 ? hosts.has_device_in(drop.host, device.netns, sent(*path.tx).peer)
                                 : same_tunnel(*path.tx, drop, hosts);
    default:  // on the sender
      return path.tx != nullptr && path.tx->host == drop.host &&
             may_be_device(sent(*path.tx).device, device);
  }
}

// Whether the path's other records leave room for such an end. If not, it was a second copy, a
// fragment, or the stack's own report of what WireGuard gave as its verdict already.
bool can_end(const Observed& drop, const PathRecords& path) {
  if (path.drop != nullptr) return false;
  if (path.rx == nullptr) return left_host(sent(*path.tx));
  const event::VerdictId verdict = received(*path.rx).verdict;
  return event::verdict_of(drop.event) == event::VerdictId::INNER_IN &&
         (verdict == event::VerdictId::DELIVERED || verdict == event::VerdictId::UNKNOWN);
}

void add_drop(const Observed& drop, Paths& paths, const Hosts& hosts) {
  bool reported = false;
  for (PathRecords& path : paths) {
    if (!concerns(drop, path, hosts)) continue;
    if (can_end(drop, path)) {
      path.drop = &drop;
      return;
    }
    reported = true;
  }
  if (reported) return;
  // Nothing but its port says that an unknown UDP packet is of a tunnel.
  const bool some_udp = event::verdict_of(drop.event) == event::VerdictId::OUTER_IN ||
                        event::device_of(drop.event).ifindex == 0;
  if (some_udp && !port_matches(drop.event)) return;
  paths.push_back({nullptr, nullptr, &drop});
}

}  // namespace

RxRank rank(const event::Received& rx) {
  if (event::is_authenticated(rx.verdict)) return RxRank::kAuthenticated;
  if (rx.verdict != event::VerdictId::RX_REPLAY) return RxRank::kRefused;
  return rx.too_old ? RxRank::kTooOld : RxRank::kDuplicate;
}

bool left_host(const event::Sent& tx) {
  return tx.verdict == event::VerdictId::UNKNOWN && tx.key.has_value();
}

bool same_tunnel(const Observed& tx, const Observed& rx, const Hosts& hosts) {
  const auto agree = [](const wg::PublicKey* device, const std::optional<wg::PublicKey>& peer) {
    return device == nullptr || !peer || *peer == *device;
  };
  return agree(hosts.device_key(rx.host, event::device_of(rx.event)), event::peer_of(tx.event)) &&
         agree(hosts.device_key(tx.host, event::device_of(tx.event)), event::peer_of(rx.event));
}

std::vector<PathRecords> assign(std::span<const Observed* const> records, const Hosts& hosts,
                                const Knowledge& knowledge) {
  Paths paths;
  for (const Observed* tx : chosen(records, is_sent)) paths.push_back({tx, nullptr, nullptr});

  Records arrived = chosen(records, is_received);
  std::stable_sort(arrived.begin(), arrived.end(), [](const Observed* a, const Observed* b) {
    return rank(received(*a)) < rank(received(*b));
  });
  for (const Observed* rx : arrived) add_rx(*rx, paths, hosts, knowledge);

  // Who dropped it knows more than whoever got the ICMP error, or but a part of it, and the clocks
  // need not agree.
  Records drops = chosen(records, event::is_drop);
  std::stable_sort(drops.begin(), drops.end(), [](const Observed* a, const Observed* b) {
    return drop_rank(*a) < drop_rank(*b);
  });
  for (const Observed* drop : drops) add_drop(*drop, paths, hosts);
  return paths;
}

SentAt sent_at(const PathRecords& path) {
  const Observed* first = path.tx != nullptr ? path.tx : path.rx != nullptr ? path.rx : path.drop;
  return {first->host, event::first_hop_ns(first->event)};
}

}  // namespace wgt::join
