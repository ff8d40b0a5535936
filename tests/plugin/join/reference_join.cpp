// SPDX-License-Identifier: GPL-2.0-only
#include "tests/plugin/join/reference_join.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>
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

struct StoredRecord {
  Observed observed;
  std::size_t file = 0;
};
struct Recorded : Recordings {
  std::deque<StoredRecord> records;  // in file order
};

class Collector final : public source::EventSink {
 public:
  Collector(Recorded& out, const std::string& name) : out_(out), into_(out, name) {}
  void host(const event::HostInfo& host) override { into_.host(host); }
  bool event(const event::Event& event, std::span<const std::byte>) override {
    out_.records.push_back({{*into_.host_id(), event}, out_.files.size()});
    return true;
  }
  bool progress(const source::Progress& progress) override {
    into_.lost(progress.lost, progress.seen_until_ns);
    return true;
  }
  void ended(source::End) override {}
  void failed(Error) override {}
  void notice(const std::string&) override {}
  RecordingLoader& into() { return into_; }

 private:
  Recorded& out_;
  RecordingLoader into_;
};

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

Records sorted_without_twins(const Recorded& recordings) {
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

// Those of `events` that say of a packet that it waits, and whose end is among them.
std::set<const Observed*> ended_waits(std::span<const Observed* const> events) {
  std::multimap<Entry, const Observed*> waiting;
  std::set<const Observed*> ended;
  for (const Observed* observed : events)
    if (const auto* tx = std::get_if<event::Sent>(&observed->event);
        tx != nullptr && event::is_pending(tx->verdict))
      if (const auto entry = entry_of(observed->host, *tx)) waiting.emplace(*entry, observed);
  if (waiting.empty()) return ended;
  for (const Observed* observed : events) {
    const auto* tx = std::get_if<event::Sent>(&observed->event);
    if (tx == nullptr || event::is_pending(tx->verdict)) continue;
    const auto entry = entry_of(observed->host, *tx);
    if (!entry) continue;
    const auto [begin, end] = waiting.equal_range(*entry);
    for (auto at = begin; at != end; ++at) ended.insert(at->second);
  }
  return ended;
}

HighestNumbers highest_numbers(const Recorded& recordings) {
  HighestNumbers numbers(SIZE_MAX);
  for (const StoredRecord& stored : recordings.records)
    if (const auto* rx = std::get_if<event::Received>(&stored.observed.event))
      numbers.note(stored.observed.host, *rx);
  return numbers;
}

}  // namespace

std::vector<JoinedPath> reference_join(std::span<source::Source* const> sources,
                                       std::span<const std::string> names) {
  Recorded recordings;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    Collector collector(recordings, names[i]);
    if (!sources[i]->start({}, collector)) return {};
    collector.into().finish({}, sources[i]->seen_until());
  }
  const Records all = sorted_without_twins(recordings);
  const std::vector<Observed> numbered = numbered_drops(all);
  const std::set<const Observed*> ended = ended_waits(all);
  Records records;
  for (const Observed* observed : all)
    if (!std::holds_alternative<event::HandshakeStep>(observed->event) &&
        !lacks_number(observed->event) && !ended.contains(observed))
      records.push_back(observed);
  for (const Observed& drop : numbered) records.push_back(&drop);
  std::ranges::stable_sort(records, {}, [](const Observed* o) { return event::key_of(o->event); });
  const auto clocks = compare_clocks(records, recordings.hosts);
  const RecordedWatchers watchers(recordings);
  const HighestNumbers numbers = highest_numbers(recordings);
  const Absence knowledge(recordings.hosts, clocks, watchers, numbers, {});
  std::vector<std::pair<std::int64_t, JoinedPath>> paths;
  for_each_packet(records, [&](std::span<const Observed* const> packet) {
    for (const PathRecords& path : assign(packet, recordings.hosts, knowledge)) {
      const SentAt sent = sent_at(path);
      paths.emplace_back(clocks.common_ns(sent.host, sent.mono_ns), conclude(path, knowledge));
    }
  });
  std::ranges::stable_sort(paths, {}, [](const auto& path) { return path.first; });
  std::vector<JoinedPath> out;
  for (auto& [ns, path] : paths) out.push_back(std::move(path));
  return out;
}

}  // namespace wgt::join
