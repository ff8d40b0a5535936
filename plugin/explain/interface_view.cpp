// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/interface_view.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "plugin/explain/flow.h"
#include "plugin/explain/reason_name.h"
#include "wgtools/base/counter.h"
#include "wgtools/base/time.h"

namespace wgt::explain {
namespace {

constexpr const char* kPlaces[] = {"current", "previous", "next"};

// Rows of one section, one for each verdict and reason.
class Drops {
 public:
  explicit Drops(const InterfaceReading& facts) : facts_(&facts) {}

  void add(const event::CountedDrops& drops) {
    DropRow& row = rows_[{drops.verdict, drops.reason}];
    row.verdict = drops.verdict;
    row.reason = reason_name(drops.verdict, drops.reason, facts_->drop_reasons);
    row.count += drops.count;
    // The flow and the time of the latest one, where several entries become one row.
    const std::int64_t last =
        static_cast<std::int64_t>(drops.last_ns) + facts_->wall_ns - facts_->mono_ns;
    if (last < row.last_wall_ns) return;
    row.last_wall_ns = last;
    row.inner = event::if_known(drops.inner);
    row.outer = event::if_known(drops.outer);
  }

  std::uint64_t count(VerdictId verdict) const {
    std::uint64_t all = 0;
    for (auto row = rows_.lower_bound({verdict, 0}); row != rows_.end(); ++row) {
      if (row->first.first != verdict) break;
      all += row->second.count;
    }
    return all;
  }

  void add_unseen(const Refused& refused) {
    if (refused.replayed != 0) {
      DropRow& row = rows_[{VerdictId::RX_REPLAY, 0}];
      row.verdict = VerdictId::RX_REPLAY;
      row.count += refused.replayed;
    }
    if (refused.replayed_or_bad_inner != 0)
      rows_[{VerdictId::UNKNOWN, 0}] = {.verdict = VerdictId::UNKNOWN,
                                        .reason = "rx.replay or rx.bad_inner",
                                        .count = refused.replayed_or_bad_inner};
  }

  std::vector<DropRow> latest_first() && {
    std::vector<DropRow> all;
    all.reserve(rows_.size());
    for (auto& [key, row] : rows_) all.push_back(std::move(row));
    // Among those without a time the sure ones first: UNKNOWN is the smallest verdict.
    std::stable_sort(all.begin(), all.end(), [](const DropRow& a, const DropRow& b) {
      return std::tie(a.last_wall_ns, a.verdict) > std::tie(b.last_wall_ns, b.verdict);
    });
    return all;
  }

 private:
  const InterfaceReading* facts_;
  std::map<std::pair<VerdictId, std::uint32_t>, DropRow> rows_;
};

// Bad inner packets that no hook counted: WireGuard's own error counter has them together with
// disallowed sources.
std::optional<std::uint64_t> uncounted_bad_inner(const InterfaceReading& facts) {
  if (!facts.rx_errors) return std::nullopt;
  std::uint64_t counted = 0;
  for (const event::CountedDrops& drops : facts.drops)
    if (drops.verdict == VerdictId::RX_DISALLOWED_SOURCE ||
        drops.verdict == VerdictId::RX_BAD_INNER)
      counted += drops.count;
  const std::uint64_t errors = counted_since(*facts.rx_errors, facts.rx_errors_at_up);
  return errors > counted ? errors - counted : 0;
}

Latency latency(const Histogram& histogram) {
  return {.samples = std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0}),
          .p50_ns = quantile_ns(histogram, 0.50),
          .p99_ns = quantile_ns(histogram, 0.99),
          .histogram = histogram};
}

SessionRow session_row(const event::Session& session, std::int64_t boot_ns) {
  const std::int64_t age = boot_ns - static_cast<std::int64_t>(session.birth_boot_ns);
  return {.place = kPlaces[static_cast<std::size_t>(session.place)],
          .local_index = session.local_index,
          .remote_index = session.remote_index,
          .age_s = std::max<std::int64_t>(age, 0) / kNsPerSecond,
          .sent = session.sent_counter,
          .received = session.received_counter,
          .initiator = session.i_am_initiator};
}

// What the maps say of one peer.
struct Gathered {
  Drops drops;
  std::vector<SessionRow> sessions = {};
  std::optional<std::uint64_t> id = {};
};

PeerSection section(wg::Peer peer, Gathered gathered, const InterfaceReading& facts,
                    std::optional<std::uint64_t> bad_inner) {
  PeerSection result{.peer = std::move(peer)};
  const auto sums = gathered.id ? facts.sums.find(*gathered.id) : facts.sums.end();
  if (sums != facts.sums.end()) {
    result.tx = latency(sums->second.tx_latency);
    result.rx = latency(sums->second.rx_latency);
    const Drops& drops = gathered.drops;
    if (sums->second.missing)
      gathered.drops.add_unseen(refused_unseen(*sums->second.missing,
                                               drops.count(VerdictId::RX_DISALLOWED_SOURCE) +
                                                   drops.count(VerdictId::RX_REPLAY) +
                                                   drops.count(VerdictId::RX_BAD_INNER),
                                               bad_inner));
  }
  result.drops = std::move(gathered.drops).latest_first();
  result.sessions = std::move(gathered.sessions);
  return result;
}

}  // namespace

Refused refused_unseen(std::uint64_t missing, std::uint64_t counted,
                       std::optional<std::uint64_t> bad_inner) {
  if (missing <= counted) return {};
  const std::uint64_t unseen = missing - counted;
  // No more than the device's bad inner packets can be this peer's.
  const std::uint64_t unsure = std::min(unseen, bad_inner.value_or(unseen));
  return {.replayed = unseen - unsure, .replayed_or_bad_inner = unsure};
}

std::uint64_t quantile_ns(const Histogram& histogram, double share) {
  const std::uint64_t samples =
      std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0});
  if (samples == 0) return 0;
  const double wanted = share * static_cast<double>(samples);
  double below = 0;
  std::size_t bucket = 0;
  for (; bucket + 1 < histogram.size(); bucket++) {
    const auto here = static_cast<double>(histogram[bucket]);
    if (here > 0 && below + here >= wanted) break;
    below += here;
  }
  const std::uint64_t start = bucket == 0 ? 0 : std::uint64_t{1} << (bucket + 8);
  const std::uint64_t end = std::uint64_t{1} << (bucket + 9);
  if (bucket + 1 == histogram.size()) return start;
  const double part = (wanted - below) / static_cast<double>(histogram[bucket]);
  return start + static_cast<std::uint64_t>(part * static_cast<double>(end - start));
}

InterfaceView build_interface_view(InterfaceReading facts) {
  InterfaceView view;
  // From before a `down`: the map keeps what it has as long as another interface is traced.
  std::erase_if(facts.drops, [&](const auto& drops) { return drops.last_ns < facts.up_mono_ns; });
  std::vector<wg::Peer> peers = std::exchange(facts.device.peers, {});
  std::stable_sort(peers.begin(), peers.end(), [](const wg::Peer& a, const wg::Peer& b) {
    return std::tie(a.last_handshake_unix_s, a.last_handshake_ns) >
           std::tie(b.last_handshake_unix_s, b.last_handshake_ns);
  });
  std::unordered_map<wg::PublicKey, Gathered> by_peer;
  for (const wg::Peer& peer : peers) by_peer.emplace(peer.public_key, Gathered{Drops(facts)});

  Drops without_peer(facts);
  Drops removed(facts);
  for (const event::CountedDrops& counted : facts.drops) {
    const auto known = counted.peer ? by_peer.find(*counted.peer) : by_peer.end();
    Drops& drops = !counted.peer            ? without_peer
                   : known == by_peer.end() ? removed
                                            : known->second.drops;
    drops.add(counted);
  }
  for (const event::PeerSessions& of_peer : facts.sessions) {
    const auto known = by_peer.find(of_peer.peer);
    if (known == by_peer.end()) continue;
    known->second.id = of_peer.peer_id;
    for (const event::Session& session : of_peer.sessions)
      known->second.sessions.push_back(session_row(session, facts.boot_ns));
  }
  const auto bad_inner = uncounted_bad_inner(facts);
  view.peers.reserve(peers.size());
  for (wg::Peer& peer : peers) {
    Gathered gathered = std::move(by_peer.at(peer.public_key));
    view.peers.push_back(section(std::move(peer), std::move(gathered), facts, bad_inner));
    PeerSection& added = view.peers.back();
    const auto trips = facts.round_trips.find(added.peer.public_key);
    if (trips == facts.round_trips.end()) continue;
    added.handshake_trip_ns = trips->second.handshake_ns;
    added.session_trip_ns = trips->second.session_ns;
    added.session_trip_age_s =
        (facts.mono_ns - static_cast<std::int64_t>(trips->second.session_at_ns)) / kNsPerSecond;
  }
  view.drops = std::move(without_peer).latest_first();
  view.removed_drops = std::move(removed).latest_first();
  view.wall_ns = facts.wall_ns;
  view.traced_since_wall_ns =
      facts.wall_ns - (facts.mono_ns - static_cast<std::int64_t>(facts.up_mono_ns));
  view.key = facts.key;
  view.netns = std::move(facts.netns);
  view.own_netns = facts.own_netns;
  view.outer_netns = facts.outer_netns;
  view.up = facts.up;
  view.lost = std::move(facts.lost);
  view.device = std::move(facts.device);
  return view;
}

}  // namespace wgt::explain
