// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/recorded_join.h"

#include <algorithm>
#include <utility>

#include "plugin/join/assign.h"
#include "wgtools/base/time.h"

namespace wgt::app {

namespace {

// How long a packet waits for what was recorded out of order or came late: a second, and what the
// network takes besides.
constexpr std::int64_t kWindowNs = 5 * kNsPerSecond / 4;
// While few packets wait, and where they are so rare that their clocks can only be told roughly, it
// is longer: for a stack that gives up on a next hop (3 s) or on fragments (IPv6: 60 s).
constexpr std::int64_t kLongestWindowNs = 65 * kNsPerSecond;
// Some 300 bytes each: a window of 100,000 a second, and then some.
constexpr std::size_t kMostPending = 150'000;
constexpr std::size_t kMostBytes = std::size_t{32} << 20U;
constexpr std::size_t kMostAmendable = 2048;
constexpr std::size_t kMostTold = 2048;

join::JoinOptions options_for(const join::Watchers& watchers, const join::RoughClocks& clocks,
                              bool drops_only) {
  return {.max_pending = kMostPending,
          .max_amendable = kMostAmendable,
          .max_bytes = kMostBytes,
          .max_told = kMostTold,
          .recorded = &watchers,
          .window_ns = std::min(kWindowNs + clocks.error_ns, kLongestWindowNs),
          .long_window_ns = kLongestWindowNs,
          .pass_over_delivered = drops_only};
}

join::SentAt sent_at(const join::JoinedPath& path) {
  if (path.tx) return {path.tx->host, event::first_hop_ns(path.tx->event)};
  if (path.rx) return {path.rx->host, event::first_hop_ns(path.rx->event)};
  return {path.drop->host, event::first_hop_ns(path.drop->event)};
}

}  // namespace

// One recording.
struct RecordedJoin::Lane {
  Lane(source::Source& its_source, join::HostId its_host, std::size_t number)
      : source(its_source), host(its_host), file(number), reader(its_source) {}

  source::Source& source;
  join::HostId host;
  std::size_t file;
  ReadAhead reader;
  std::uint64_t read_until_ns = 0;  // on its clock
  std::uint64_t records = 0;
  bool begun = false;
  bool ended = false;
};

RecordedJoin::RecordedJoin(Survey survey, std::span<source::Source* const> sources, bool drops_only)
    : survey_(std::move(survey)),
      watchers_(survey_.recordings),
      join_(options_for(watchers_, survey_.clocks, drops_only),
            [this](const join::JoinedPath& path) {
              if (!steps_.empty()) {
                const join::SentAt sent = sent_at(path);
                tell_steps(join_.on_first_host(sent.host, sent.mono_ns));
              }
              return out_->path(path);
            }),
      handshakes_(join_.known_hosts(), [this](const join::Hosts::Place& there, join::HostId here,
                                              std::uint64_t from_ns, std::uint64_t to_ns) {
        return join_.saw_all(there, here, from_ns, to_ns);
      }) {
  for (const event::HostInfo& host : hosts()) join_.add_host(host);
  for (join::HostId host = 0; host < hosts().size(); ++host)
    join_.suppose_ahead(host, survey_.clocks.ahead_ns[host]);
  std::vector<std::size_t> files(hosts().size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!survey_.host_of[i]) continue;
    const join::HostId host = *survey_.host_of[i];
    lanes_.push_back(std::make_unique<Lane>(*sources[i], host, i));
    ++files[host];
  }
  for (const join::Watch& watch : recordings().watches)
    for (const auto& lane : lanes_)
      if (lane->file == watch.file) lane->read_until_ns = watch.info.watch_started_mono_ns;
  twins_.resize(hosts().size());
  for (join::HostId host = 0; host < files.size(); ++host)
    if (files[host] > 1) twins_[host].emplace();
}

RecordedJoin::~RecordedJoin() = default;

RecordedStats RecordedJoin::run(const Out& out) {
  out_ = &out;
  while (Lane* lane = furthest_behind()) {
    if (out.enough && out.enough()) break;
    read(*lane);
    const std::int64_t until_ns = read_until();
    join_.advance(until_ns);
    // INT64_MIN: all are read.
    if (!steps_.empty() && until_ns != INT64_MIN)
      tell_steps(until_ns - kLongestWindowNs - kWindowNs);
    if (out.read) out.read(stats_.records);
  }
  join_.finish();
  tell_steps(INT64_MAX);
  for (const auto& lane : lanes_)
    if (!lane->ended) end(*lane);
  stats_.join = join_.stats();
  return stats_;
}

RecordedJoin::Lane* RecordedJoin::furthest_behind() {
  Lane* behind = nullptr;
  std::int64_t behind_ns = 0;
  for (const auto& lane : lanes_) {
    if (lane->ended) continue;
    const std::int64_t ns = join_.on_first_host(lane->host, lane->read_until_ns);
    if (behind != nullptr && ns >= behind_ns) continue;
    behind = lane.get();
    behind_ns = ns;
  }
  return behind;
}

// Everything that was recorded before then was read; on the first host's clock.
std::int64_t RecordedJoin::read_until() const {
  std::int64_t until_ns = INT64_MAX;
  for (const auto& lane : lanes_)
    if (!lane->ended)
      until_ns = std::min(until_ns, join_.on_first_host(lane->host, lane->read_until_ns));
  return until_ns == INT64_MAX ? INT64_MIN : until_ns;  // finish() is next
}

void RecordedJoin::read(Lane& lane) {
  if (!std::exchange(lane.begun, true)) lane.reader.start();
  std::optional<ReadAhead::Batch> batch = lane.reader.next();
  if (!batch) return end(lane);
  for (const event::Event& event : batch->events) take(lane, event);
  if (batch->progress)
    lane.read_until_ns = std::max(lane.read_until_ns, batch->progress->seen_until_ns);
  lane.reader.recycle(*std::move(batch));
}

void RecordedJoin::take(Lane& lane, const event::Event& event) {
  lane.read_until_ns = std::max(lane.read_until_ns, event::last_hop_ns(event));
  ++lane.records;
  if (twins_[lane.host] && twins_[lane.host]->is_twin(lane.file, {lane.host, event})) {
    ++stats_.duplicates;
    return;
  }
  ++stats_.records;
  const auto* step = std::get_if<event::HandshakeStep>(&event);
  if (step == nullptr) return join_.add(lane.host, event);
  handshakes_.add(lane.host, *step);
  if (!out_->handshake) return;
  const Step known{join_.on_first_host(lane.host, step->at_ns), lane.host, *step};
  const auto at = std::ranges::upper_bound(steps_, known.at_ns, {}, &Step::at_ns);
  steps_.insert(at, known);
}

void RecordedJoin::end(Lane& lane) {
  lane.ended = true;
  lane.reader.stop();
  join::FileReport& report = survey_.recordings.files[lane.file];
  const ReadAhead::Outcome& outcome = lane.reader.outcome();
  source::Losses losses = lane.source.losses();
  report.records = lane.records;
  report.cut = outcome.cut;
  report.note = outcome.note;
  report.damage = outcome.damage;
  report.bad = losses.broken;
  report.lost_by_cause = std::move(losses.by_cause);
  // Damage that only reading it shows ends what it can testify to.
  for (join::Watch& watch : survey_.recordings.watches)
    if (watch.file == lane.file && lane.begun)
      watch.until_ns = watch.info.watch_ended_mono_ns = lane.source.seen_until();
}

void RecordedJoin::tell_steps(std::int64_t until_ns) {
  for (; !steps_.empty() && steps_.front().at_ns <= until_ns; steps_.pop_front())
    out_->handshake(handshakes_.conclude(steps_.front().host, steps_.front().step));
}

}  // namespace wgt::app
