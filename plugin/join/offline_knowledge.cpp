// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/offline_knowledge.h"

#include <algorithm>

#include "plugin/event/hops.h"
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
    const wgt_record& record = stored.observed.record;
    // Anybody can make up a number that was never sent.
    if (record.kind != WGT_RX || rank(record) != RxRank::kAuthenticated) continue;
    std::uint64_t& highest =
        highest_counter_[{stored.observed.host, event::device_of(record).netns,
                          event::device_of(record).ifindex, record.receiver_index}];
    highest = std::max<std::uint64_t>(highest, record.counter);
  }
}

Basis OfflineKnowledge::absent_rx(const Observed& tx) const {
  Basis best = Basis::kReceiverNotWatched;
  if ((tx.record.flags & WGT_F_PEER) == 0) return best;
  const wg::PublicKey peer = peer_of(tx.record);
  for (const Watch& receiver : recordings_.watches) {
    if (!has_key(receiver, peer)) continue;
    for (const Watch& sender : recordings_.watches) {
      if (sender.host != tx.host || !has_device(sender, event::device_of(tx.record))) continue;
      const Basis basis = judge(tx, sender, receiver);
      if (weight(basis) > weight(best)) best = basis;
    }
  }
  return best;
}

Basis OfflineKnowledge::absent_rest(const Observed& fragment) const {
  Basis best = Basis::kReceiverNotWatched;
  const std::int64_t came = signed_ns(event::first_hop_ns(fragment.record));
  for (const Watch& receiver : recordings_.watches) {
    if (receiver.host != fragment.host || !has_device(receiver, event::device_of(fragment.record)))
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

  const std::uint64_t left_ns = event::last_hop_ns(tx.record);
  const std::int64_t left = signed_ns(left_ns);
  const TimeRange there = clocks_.range_on(tx.host, receiver.host, left_ns, options_.hold_ns);
  if (there.earliest < signed_ns(receiver.info.watch_started_mono_ns))
    return Basis::kReceiverNotWatched;

  const std::int64_t first = signed_ns(event::first_hop_ns(tx.record));
  if (sender.lost_between(first - options_.grace_ns, left + options_.hold_ns) ||
      receiver.lost_between(there.earliest - options_.grace_ns, there.latest + options_.hold_ns))
    return Basis::kRecordsLost;

  const std::int64_t wait =
      later_one_seen(tx.record, receiver) ? options_.grace_ns : options_.hold_ns;
  const bool long_enough = there.latest + wait <= signed_ns(receiver.until_ns) &&
                           left + options_.grace_ns <= signed_ns(sender.until_ns);
  return long_enough ? Basis::kOnlyExplanation : Basis::kStillOpen;
}

bool OfflineKnowledge::later_one_seen(const wgt_record& tx, const Watch& receiver) const {
  const wg::PublicKey peer = peer_of(tx);
  return std::any_of(receiver.info.devices.begin(), receiver.info.devices.end(),
                     [&](const event::DeviceInfo& device) {
                       if (device.public_key != peer) return false;
                       const auto highest =
                           highest_counter_.find({receiver.host, device.key.netns,
                                                  device.key.ifindex, tx.receiver_index});
                       return highest != highest_counter_.end() && highest->second > tx.counter;
                     });
}

}  // namespace wgt::join
