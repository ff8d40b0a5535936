// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/offline_knowledge.h"

#include <algorithm>

#include "plugin/join/assign.h"

namespace wgt::join {
namespace {

bool has_device(const Watch& watch, const event::DeviceKey& key) {
  const auto& devices = watch.info.devices;
  return std::any_of(devices.begin(), devices.end(),
                     [&](const event::DeviceInfo& device) { return device.key == key; });
}

bool has_key(const Watch& watch, const wg::PublicKey& key) {
  const auto& devices = watch.info.devices;
  return std::any_of(devices.begin(), devices.end(),
                     [&](const event::DeviceInfo& device) { return device.public_key == key; });
}

// Of several recordings that overlap, the one that can tell most counts.
int weight(Basis basis) {
  switch (basis) {
    case Basis::kOnlyExplanation:
      return 3;
    case Basis::kRecordsLost:
      return 2;
    case Basis::kStillOpen:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

OfflineKnowledge::OfflineKnowledge(const Recordings& recordings,
                                   const HostClocks<OffsetTimeline>& clocks, OfflineOptions options)
    : recordings_(recordings), clocks_(clocks), options_(options) {
  for (const StoredRecord& stored : recordings.records) {
    const auto* rx = std::get_if<event::Received>(&stored.observed.event);
    // Anybody can make up a number that was never sent.
    if (rx == nullptr || !rx->key || rank(*rx) != RxRank::kAuthenticated) continue;
    std::uint64_t& highest =
        highest_counter_[{stored.observed.host, rx->device, rx->key->receiver_index}];
    highest = std::max(highest, rx->key->counter);
  }
}

Basis OfflineKnowledge::absent_rx(const Observed& tx) const {
  Basis best = Basis::kReceiverNotWatched;
  const auto& peer = sent(tx).peer;
  if (!peer) return best;
  for (const Watch& receiver : recordings_.watches) {
    if (!has_key(receiver, *peer)) continue;
    for (const Watch& sender : recordings_.watches) {
      if (sender.host != tx.host || !has_device(sender, sent(tx).device)) continue;
      const Basis basis = judge(tx, sender, receiver);
      if (weight(basis) > weight(best)) best = basis;
    }
  }
  return best;
}

Basis OfflineKnowledge::absent_rest(const Observed& fragment) const {
  Basis best = Basis::kReceiverNotWatched;
  const std::int64_t came = signed_ns(event::first_hop_ns(fragment.event));
  for (const Watch& receiver : recordings_.watches) {
    if (receiver.host != fragment.host || !has_device(receiver, event::device_of(fragment.event)))
      continue;
    Basis basis = Basis::kStillOpen;
    if (receiver.lost_between(came - options_.grace_ns, came + options_.hold_ns))
      basis = Basis::kRecordsLost;
    else if (came + options_.hold_ns <= signed_ns(receiver.until_ns))
      basis = Basis::kOnlyExplanation;
    if (weight(basis) > weight(best)) best = basis;
  }
  return best;
}

bool OfflineKnowledge::saw_all(HostId there, HostId here, std::uint64_t from_ns,
                               std::uint64_t to_ns) const {
  const std::int64_t earliest = clocks_.range_on(here, there, from_ns, options_.hold_ns).earliest;
  const std::int64_t latest = clocks_.range_on(here, there, to_ns, options_.hold_ns).latest;
  return std::ranges::any_of(recordings_.watches, [&](const Watch& watch) {
    return watch.host == there && earliest >= signed_ns(watch.info.watch_started_mono_ns) &&
           latest <= signed_ns(watch.until_ns) && !watch.lost_between(earliest, latest);
  });
}

Basis OfflineKnowledge::judge(const Observed& tx, const Watch& sender,
                              const Watch& receiver) const {
  if (!sees_all_of(receiver.info, sender.info)) return Basis::kReceiverNotWatched;

  const std::uint64_t left_ns = event::last_hop_ns(sent(tx));
  const std::int64_t left = signed_ns(left_ns);
  const TimeRange there = clocks_.range_on(tx.host, receiver.host, left_ns, options_.hold_ns);
  if (there.earliest < signed_ns(receiver.info.watch_started_mono_ns))
    return Basis::kReceiverNotWatched;

  const std::int64_t first = signed_ns(event::first_hop_ns(sent(tx)));
  if (sender.lost_between(first - options_.grace_ns, left + options_.hold_ns) ||
      receiver.lost_between(there.earliest - options_.grace_ns, there.latest + options_.hold_ns))
    return Basis::kRecordsLost;

  const std::int64_t wait =
      later_one_seen(sent(tx), receiver) ? options_.grace_ns : options_.hold_ns;
  const bool long_enough = there.latest + wait <= signed_ns(receiver.until_ns) &&
                           left + options_.grace_ns <= signed_ns(sender.until_ns);
  return long_enough ? Basis::kOnlyExplanation : Basis::kStillOpen;
}

bool OfflineKnowledge::later_one_seen(const event::Sent& tx, const Watch& receiver) const {
  return std::ranges::any_of(receiver.info.devices, [&](const event::DeviceInfo& device) {
    if (device.public_key != tx.peer) return false;
    const auto highest = highest_counter_.find({receiver.host, device.key, tx.key->receiver_index});
    return highest != highest_counter_.end() && highest->second > tx.key->counter;
  });
}

}  // namespace wgt::join
