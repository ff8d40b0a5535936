// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/absence.h"

#include <algorithm>

#include "plugin/join/assign.h"

namespace wgt::join {
namespace {

Basis basis_of(Coverage coverage) {
  switch (coverage) {
    case Coverage::kUnwatched:
      return Basis::kReceiverNotWatched;
    case Coverage::kLost:
      return Basis::kRecordsLost;
    case Coverage::kNotYet:
      return Basis::kStillOpen;
    case Coverage::kCovered:
      return Basis::kOnlyExplanation;
  }
  return Basis::kReceiverNotWatched;
}

// Of several watchers of one host, the one that can tell most counts.
Basis better(Basis a, Basis b) {
  constexpr Basis kLeastFirst[] = {Basis::kReceiverNotWatched, Basis::kStillOpen,
                                   Basis::kRecordsLost, Basis::kOnlyExplanation};
  return std::ranges::find(kLeastFirst, a) > std::ranges::find(kLeastFirst, b) ? a : b;
}

// Of several hosts that the packet may have gone to, what one of them lost may be it.
Basis across_hosts(Basis a, Basis b) {
  if (a == Basis::kRecordsLost || b == Basis::kRecordsLost) return Basis::kRecordsLost;
  return better(a, b);
}

}  // namespace

void HighestNumbers::note(HostId host, const event::Received& received) {
  // Anybody can make up a number that was never sent.
  if (!received.key || rank(received) != RxRank::kAuthenticated) return;
  const Session session{host, received.device, received.key->receiver_index};
  const auto [at, is_new] = highest_.try_emplace(session, received.key->counter);
  at->second = std::max(at->second, received.key->counter);
  if (!is_new) return;
  oldest_first_.push_back(session);
  if (oldest_first_.size() <= capacity_) return;
  highest_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

bool HighestNumbers::passed(HostId host, const event::DeviceKey& device,
                            const event::PacketKey& key) const {
  const auto highest = highest_.find({host, device, key.receiver_index});
  return highest != highest_.end() && highest->second > key.counter;
}

Basis Absence::absent_rx(const Observed& tx) const {
  const auto& peer = sent(tx).peer;
  if (!peer) return Basis::kReceiverNotWatched;
  Basis all = Basis::kReceiverNotWatched;
  const auto& places = hosts_.watching(*peer);
  for (auto at = places.begin(); at != places.end();) {
    const HostId host = at->host;
    Basis here = Basis::kReceiverNotWatched;
    for (; at != places.end() && at->host == host; ++at) here = better(here, best_of(tx, *at));
    all = across_hosts(all, here);
  }
  return all;
}

Basis Absence::best_of(const Observed& tx, const Hosts::Place& place) const {
  Basis best = Basis::kReceiverNotWatched;
  for (const Watcher& receiver : watchers_.of(place.host))
    for (const Watcher& sender : watchers_.of(tx.host))
      best = better(best, judge(tx, sender, place, receiver));
  return best;
}

Basis Absence::judge(const Observed& tx, const Watcher& sender, const Hosts::Place& place,
                     const Watcher& receiver) const {
  if (!sees_all_of(*receiver.info, *sender.info)) return Basis::kReceiverNotWatched;
  const event::Sent& packet = sent(tx);
  const std::uint64_t left_ns = event::last_hop_ns(packet);
  const std::int64_t left = signed_ns(left_ns);
  const std::int64_t first = signed_ns(event::first_hop_ns(packet));
  const TimeRange there = clocks_.range_on(tx.host, place.host, left_ns, waits_.hold_ns);
  const bool passed = packet.key && numbers_.passed(place.host, place.device, *packet.key);
  const Sighting arrival{
      .when = there,
      .losses = {there.earliest - waits_.grace_ns, there.latest + waits_.hold_ns},
      .wait_ns = passed ? waits_.grace_ns : waits_.hold_ns};
  const Coverage arrived = watchers_.coverage(receiver, place.device, arrival);
  if (arrived == Coverage::kUnwatched) return Basis::kReceiverNotWatched;
  // What ended it on its own host would be a drop.
  const Sighting drop{.when = {left, left},
                      .losses = {first - waits_.grace_ns, left + waits_.hold_ns},
                      .wait_ns = waits_.grace_ns,
                      .device_was_seen = true};
  return basis_of(std::min(arrived, watchers_.coverage(sender, packet.device, drop)));
}

Basis Absence::absent_rest(const Observed& fragment) const {
  const std::int64_t came = signed_ns(event::first_hop_ns(fragment.event));
  const Sighting rest{.when = {came, came},
                      .losses = {came - waits_.grace_ns, came + waits_.hold_ns},
                      .wait_ns = waits_.hold_ns,
                      .device_was_seen = true};
  Basis best = Basis::kReceiverNotWatched;
  for (const Watcher& watcher : watchers_.of(fragment.host))
    best =
        better(best, basis_of(watchers_.coverage(watcher, event::device_of(fragment.event), rest)));
  return best;
}

bool Absence::saw_all(const Hosts::Place& there, HostId here, std::uint64_t from_ns,
                      std::uint64_t to_ns) const {
  const TimeRange all{clocks_.range_on(here, there.host, from_ns, waits_.hold_ns).earliest,
                      clocks_.range_on(here, there.host, to_ns, waits_.hold_ns).latest};
  const Sighting sighting{.when = all, .losses = all, .wait_ns = 0};
  return std::ranges::any_of(watchers_.of(there.host), [&](const Watcher& watcher) {
    return watchers_.coverage(watcher, there.device, sighting) == Coverage::kCovered;
  });
}

}  // namespace wgt::join
