// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/assign.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
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

// All that decides which paths an rx record or a drop can be of.
struct OneEnd {
  HostId host;
  std::size_t kind;  // place in event::Event
  event::DeviceKey device;
  std::optional<wg::PublicKey> peer;
  event::VerdictId verdict;  // of a drop
  friend bool operator==(const OneEnd&, const OneEnd&) = default;
};

// How far the paths have been looked through for records of one end. Those before `next` can take
// none of them any more: so a number that somebody makes up a hundred thousand times costs no more
// than as many numbers.
struct Cursor {
  OneEnd end;
  std::size_t next = 0;
  bool reported = false;  // one of those is about the same packet
};
using Cursors = boost::container::small_vector<Cursor, 2>;

// Ends of one number that are told apart; there are two, and some fragments and copies. Records of
// more are somebody's inventions, and paths of their own.
constexpr std::size_t kMaxEnds = 64;

// nullptr: too many.
Cursor* cursor_of(Cursors& cursors, const Observed& record) {
  const bool is_end = event::is_drop(record.event);
  const OneEnd end{record.host, record.event.index(), event::device_of(record.event),
                   event::peer_of(record.event),
                   is_end ? event::verdict_of(record.event) : event::VerdictId::UNKNOWN};
  const auto known = std::ranges::find(cursors, end, &Cursor::end);
  if (known != cursors.end()) return &*known;
  return cursors.size() < kMaxEnds ? &cursors.emplace_back(Cursor{.end = end}) : nullptr;
}

PathRecords* find_tx(const Observed& rx, Paths& paths, Cursor* at, const Hosts& hosts) {
  for (; at != nullptr && at->next < paths.size(); at->next++) {
    PathRecords& path = paths[at->next];
    if (path.tx != nullptr && path.rx == nullptr && same_tunnel(*path.tx, rx, hosts)) return &path;
  }
  return nullptr;
}

// The tx record joins the rx that tells most about it; the others are paths of their own.
void add_rx(const Observed& rx, Paths& paths, Cursor* at, const Hosts& hosts,
            const Knowledge& knowledge) {
  PathRecords* tx = find_tx(rx, paths, at, hosts);
  // A duplicate says that a copy got through. Where the record of that copy may be missing, the
  // packet was not dropped here as far as anybody knows.
  const bool joins = tx != nullptr && (rank(received(rx)) != RxRank::kDuplicate ||
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

void add_drop(const Observed& drop, Paths& paths, Cursor* at, const Hosts& hosts) {
  for (; at != nullptr && at->next < paths.size(); at->next++) {
    PathRecords& path = paths[at->next];
    if (!concerns(drop, path, hosts)) continue;
    if (can_end(drop, path)) {
      path.drop = &drop;
      return;
    }
    at->reported = true;
  }
  if (at != nullptr && at->reported) return;
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
  return ends_agree(End{tx.host, event::origin_of(tx.event)},
                    End{rx.host, event::origin_of(rx.event)}, hosts);
}

bool ends_agree(const End& tx, const End& rx, const Hosts& hosts) {
  const auto agree = [](const wg::PublicKey* device, const std::optional<wg::PublicKey>& peer) {
    return device == nullptr || !peer || *peer == *device;
  };
  return agree(hosts.device_key(rx.host, rx.origin.device), tx.origin.peer) &&
         agree(hosts.device_key(tx.host, tx.origin.device), rx.origin.peer);
}

std::vector<PathRecords> assign(std::span<const Observed* const> records, const Hosts& hosts,
                                const Knowledge& knowledge) {
  Paths paths;
  for (const Observed* tx : chosen(records, is_sent)) paths.push_back({tx, nullptr, nullptr});

  Records arrived = chosen(records, is_received);
  std::stable_sort(arrived.begin(), arrived.end(), [](const Observed* a, const Observed* b) {
    return rank(received(*a)) < rank(received(*b));
  });
  Cursors cursors;
  for (const Observed* rx : arrived) add_rx(*rx, paths, cursor_of(cursors, *rx), hosts, knowledge);

  // Who dropped it knows more than whoever got the ICMP error, or but a part of it, and the clocks
  // need not agree.
  Records drops = chosen(records, event::is_drop);
  std::stable_sort(drops.begin(), drops.end(), [](const Observed* a, const Observed* b) {
    return drop_rank(*a) < drop_rank(*b);
  });
  cursors.clear();
  for (const Observed* drop : drops) add_drop(*drop, paths, cursor_of(cursors, *drop), hosts);
  return paths;
}

SentAt sent_at(const PathRecords& path) {
  const Observed* first = path.tx != nullptr ? path.tx : path.rx != nullptr ? path.rx : path.drop;
  return {first->host, event::first_hop_ns(first->event)};
}

}  // namespace wgt::join
