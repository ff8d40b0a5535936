// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/offline.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <tuple>
#include <vector>

#include "plugin/join/assign.h"
#include "plugin/join/conclude.h"
#include "plugin/join/flow_match.h"
#include "plugin/join/host_clocks.h"
#include "plugin/join/offline_knowledge.h"
#include "plugin/join/waiting_paths.h"

namespace wgt::join {
namespace {

using Records = std::vector<const Observed*>;

// While clocks are compared: nothing that depends on comparing them.
class UndecidedKnowledge final : public Knowledge {
 public:
  Basis absent_rx(const Observed&) const override { return Basis::kStillOpen; }
  Basis absent_rest(const Observed&) const override { return Basis::kStillOpen; }
  std::optional<OffsetEstimate> offset(HostId, HostId, std::uint64_t) const override {
    return std::nullopt;
  }
};

// Two recordings of one host hold the same event, but for what each of them has its own numbers
// for.
auto identity(const Observed& observed) {
  const event::Event& event = observed.event;
  const bool is_end = event::is_drop(event);
  return std::tuple(event::key_of(event), observed.host, event.index(), event::device_of(event),
                    event::first_hop_ns(event),
                    is_end ? event::verdict_of(event) : event::VerdictId::UNKNOWN);
}

// Events of the same packet next to each other, and each event next to its twins.
bool comes_before(const StoredRecord* a, const StoredRecord* b) {
  const auto id_a = identity(a->observed);
  const auto id_b = identity(b->observed);
  if (id_a != id_b) return id_a < id_b;
  const auto order = a->observed.event <=> b->observed.event;
  return order != 0 ? order < 0 : a->file < b->file;
}

bool is_twin(const StoredRecord& a, const StoredRecord& b) {
  if (a.file == b.file || identity(a.observed) != identity(b.observed)) return false;
  return event::key_of(a.observed.event) || a.observed.event == b.observed.event;
}

Records sorted_without_twins(const Recordings& recordings) {
  std::vector<const StoredRecord*> sorted;
  sorted.reserve(recordings.records.size());
  for (const StoredRecord& record : recordings.records) sorted.push_back(&record);
  std::sort(sorted.begin(), sorted.end(), comes_before);

  Records out;
  out.reserve(sorted.size());
  const StoredRecord* kept = nullptr;
  for (const StoredRecord* record : sorted) {
    if (kept != nullptr && is_twin(*kept, *record)) continue;
    kept = record;
    out.push_back(&record->observed);
  }
  return out;
}

// Calls `use` with the records of each packet.
template <class Use>
void for_each_packet(const Records& records, Use use) {
  for (std::size_t begin = 0, end = 0; begin < records.size(); begin = end) {
    const auto key = event::key_of(records[begin]->event);
    do {
      ++end;
    } while (key && end < records.size() && event::key_of(records[end]->event) == key);
    use(std::span(records).subspan(begin, end - begin));
  }
}

HostClocks<OffsetTimeline> compare_clocks(const Records& records, const Hosts& hosts) {
  HostClocks<OffsetTimeline> clocks(hosts);
  for_each_packet(records, [&](std::span<const Observed* const> packet) {
    if (packet.size() > 1) clocks.sample(assign(packet, hosts, UndecidedKnowledge()));
  });
  clocks.settle();
  return clocks;
}

HighestNumbers highest_numbers(const Recordings& recordings) {
  HighestNumbers numbers(SIZE_MAX);
  for (const StoredRecord& stored : recordings.records)
    if (const auto* rx = std::get_if<event::Received>(&stored.observed.event))
      numbers.note(stored.observed.host, *rx);
  return numbers;
}

}  // namespace

OfflineStats join_recordings(const Recordings& recordings, const OfflineSink& sink, Waits waits) {
  const Records all = sorted_without_twins(recordings);
  const std::vector<Observed> numbered = numbered_drops(all);
  const std::set<const Observed*> ended = ended_waits(all);
  Records records, steps;
  for (const Observed* observed : all) {
    if (std::holds_alternative<event::HandshakeStep>(observed->event))
      steps.push_back(observed);
    else if (!lacks_number(observed->event) && !ended.contains(observed))
      records.push_back(observed);
  }
  if (!numbered.empty()) {
    for (const Observed& drop : numbered) records.push_back(&drop);
    std::ranges::stable_sort(records, {},
                             [](const Observed* o) { return event::key_of(o->event); });
  }
  const auto clocks = compare_clocks(records, recordings.hosts);
  const RecordedWatchers watchers(recordings);
  const HighestNumbers numbers = highest_numbers(recordings);
  const Absence knowledge(recordings.hosts, clocks, watchers, numbers, waits);

  struct Planned {
    std::int64_t at_ns;
    PathRecords path;
    const Observed* step = nullptr;
  };
  std::vector<Planned> plan;
  for_each_packet(records, [&](std::span<const Observed* const> packet) {
    for (const PathRecords& path : assign(packet, recordings.hosts, knowledge)) {
      const SentAt sent = sent_at(path);
      plan.push_back({clocks.common_ns(sent.host, sent.mono_ns), path});
    }
  });
  const std::size_t paths = plan.size();
  for (const Observed* step : steps)
    plan.push_back({clocks.common_ns(step->host, event::first_hop_ns(step->event)), {}, step});
  std::stable_sort(plan.begin(), plan.end(),
                   [](const Planned& a, const Planned& b) { return a.at_ns < b.at_ns; });

  HandshakeJoin handshakes(
      recordings.hosts,
      [&](const Hosts::Place& there, HostId here, std::uint64_t from, std::uint64_t to) {
        return knowledge.saw_all(there, here, from, to);
      },
      3 * steps.size());
  // All first: how the hosts' clocks differ may not be known.
  for (const Observed* step : steps)
    handshakes.add(step->host, std::get<event::HandshakeStep>(step->event));
  for (const Planned& planned : plan) {
    if (planned.step == nullptr)
      sink.path(conclude(planned.path, knowledge));
    else if (sink.handshake)
      sink.handshake(handshakes.conclude(planned.step->host,
                                         std::get<event::HandshakeStep>(planned.step->event)));
  }
  return {all.size(), recordings.records.size() - all.size(), paths};
}

}  // namespace wgt::join
