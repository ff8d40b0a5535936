// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/assign.h"

#include <algorithm>

#include "plugin/event/hops.h"

namespace wgt::join {
namespace {

using Records = std::vector<const Observed*>;
using Paths = std::vector<PathRecords>;

// A drop outside WireGuard knows its namespace, but only by a port its device.
bool may_be_device(const event::DeviceKey& device, const event::DeviceKey& of_drop) {
  if (of_drop.ifindex == 0) return of_drop.netns == 0 || of_drop.netns == device.netns;
  return device == of_drop;
}

Records of_kind(std::span<const Observed* const> records, wgt_kind kind) {
  Records out;
  for (const Observed* record : records)
    if (record->record.kind == kind) out.push_back(record);
  std::stable_sort(out.begin(), out.end(), [](const Observed* a, const Observed* b) {
    return event::first_hop_ns(a->record) < event::first_hop_ns(b->record);
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
  const bool joins = tx != paths.end() && (rank(rx.record) != RxRank::kDuplicate ||
                                           knowledge.absent_rx(*tx->tx) == Basis::kOnlyExplanation);
  if (joins) {
    tx->rx = &rx;
  } else {
    paths.push_back({nullptr, &rx, nullptr});
  }
}

int drop_rank(const wgt_record& drop) {
  if (event::verdict_of(drop) == event::VerdictId::NETWORK_REJECTED) return 1;
  return is_first_fragment(drop) ? 2 : 0;
}

// Whether a drop by a host's own stack is about this path's packet.
bool concerns(const Observed& drop, const PathRecords& path, const Hosts& hosts) {
  const wgt_record& record = drop.record;
  if (path.tx == nullptr && path.rx == nullptr)
    return path.drop->host == drop.host &&
           (path.drop->record.verdict == record.verdict || is_first_fragment(record));
  switch (event::verdict_of(record)) {
    case event::VerdictId::INNER_IN:
      if (path.rx == nullptr) return same_tunnel(*path.tx, drop, hosts);
      return path.rx->host == drop.host &&
             event::device_of(path.rx->record) == event::device_of(record);
    case event::VerdictId::OUTER_IN:
    case event::VerdictId::NETWORK_LOST:
      if (path.tx == nullptr) return path.rx->host == drop.host;
      // A host between the two that is traced as well drops packets, too: not the receiver.
      return event::device_of(record).ifindex == 0
                 ? hosts.has_device_in(drop.host, event::device_of(record).netns,
                                       peer_of(path.tx->record))
                 : same_tunnel(*path.tx, drop, hosts);
    default:  // on the sender
      return path.tx != nullptr && path.tx->host == drop.host &&
             may_be_device(event::device_of(path.tx->record), event::device_of(record));
  }
}

// Whether the path's other records leave room for such an end. If not, it was a second copy, a
// fragment, or the stack's own report of what WireGuard gave as its verdict already.
bool can_end(const Observed& drop, const PathRecords& path) {
  if (path.drop != nullptr) return false;
  if (path.rx == nullptr) return left_host(path.tx->record);
  const auto verdict = event::verdict_of(path.rx->record);
  return event::verdict_of(drop.record) == event::VerdictId::INNER_IN &&
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
  const wgt_record& record = drop.record;
  const bool some_udp = event::verdict_of(record) == event::VerdictId::OUTER_IN ||
                        event::device_of(record).ifindex == 0;
  if (some_udp && (record.flags & WGT_F_PORT_MATCH) == 0) return;
  paths.push_back({nullptr, nullptr, &drop});
}

}  // namespace

RxRank rank(const wgt_record& rx) {
  const event::VerdictId verdict = event::verdict_of(rx);
  if (event::is_authenticated(verdict)) return RxRank::kAuthenticated;
  if (verdict != event::VerdictId::RX_REPLAY) return RxRank::kRefused;
  return (rx.flags & WGT_F_TOO_OLD) != 0 ? RxRank::kTooOld : RxRank::kDuplicate;
}

bool is_first_fragment(const wgt_record& drop) {
  return drop.kind == WGT_DROP && event::verdict_of(drop) == event::VerdictId::NETWORK_LOST;
}

bool left_host(const wgt_record& tx) {
  return event::verdict_of(tx) == event::VerdictId::UNKNOWN && (tx.flags & WGT_F_KEY) != 0;
}

bool same_tunnel(const Observed& tx, const Observed& rx, const Hosts& hosts) {
  const wg::PublicKey* receiver = hosts.device_key(rx.host, event::device_of(rx.record));
  if (receiver != nullptr && (tx.record.flags & WGT_F_PEER) != 0 && peer_of(tx.record) != *receiver)
    return false;
  const wg::PublicKey* sender = hosts.device_key(tx.host, event::device_of(tx.record));
  return sender == nullptr || (rx.record.flags & WGT_F_PEER) == 0 || peer_of(rx.record) == *sender;
}

std::vector<PathRecords> assign(std::span<const Observed* const> records, const Hosts& hosts,
                                const Knowledge& knowledge) {
  Paths paths;
  for (const Observed* tx : of_kind(records, WGT_TX)) paths.push_back({tx, nullptr, nullptr});

  Records received = of_kind(records, WGT_RX);
  std::stable_sort(received.begin(), received.end(), [](const Observed* a, const Observed* b) {
    return rank(a->record) < rank(b->record);
  });
  for (const Observed* rx : received) add_rx(*rx, paths, hosts, knowledge);

  // Who dropped it knows more than whoever got the ICMP error, or but a part of it, and the clocks
  // need not agree.
  Records drops = of_kind(records, WGT_DROP);
  std::stable_sort(drops.begin(), drops.end(), [](const Observed* a, const Observed* b) {
    return drop_rank(a->record) < drop_rank(b->record);
  });
  for (const Observed* drop : drops) add_drop(*drop, paths, hosts);
  return paths;
}

SentAt sent_at(const PathRecords& path) {
  const Observed* first = path.tx != nullptr ? path.tx : path.rx != nullptr ? path.rx : path.drop;
  return {first->host, event::first_hop_ns(first->record)};
}

}  // namespace wgt::join
