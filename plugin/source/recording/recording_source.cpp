// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/recording_source.h"

#include <algorithm>
#include <utility>

#include "plugin/source/recording/reader.h"

namespace wgt::recording {
namespace {

// Hands out what the frames hold; false: the sink wants no more.
class Player {
 public:
  Player(source::EventSink& sink, source::Losses& losses) : sink_(sink), losses_(losses) {}

  bool operator()(const event::HostInfo& host) {
    if (seen_until_ns_ == 0) seen_until_ns_ = host.watch_started_mono_ns;
    sink_.host(host);
    return true;
  }
  bool operator()(std::vector<event::Event>& events) {
    return std::ranges::all_of(events, [&](event::Event& event) {
      last_event_ns_ = std::max(last_event_ns_, event::last_hop_ns(event));
      return sink_.event(event, {});
    });
  }
  bool operator()(const LostReport& lost) {
    losses_.by_cause = lost.by_cause;
    seen_until_ns_ = std::max(seen_until_ns_, lost.mono_ns);
    return sink_.progress({lost.mono_ns, lost.total()});
  }
  bool operator()(const EndSummary& end) {
    seen_until_ns_ = end.watch_ended_mono_ns != 0 ? end.watch_ended_mono_ns : last_event_ns_;
    return sink_.progress({seen_until_ns_, end.lost});
  }

  std::uint64_t seen_until_ns() const { return seen_until_ns_; }

 private:
  source::EventSink& sink_;
  source::Losses& losses_;
  std::uint64_t seen_until_ns_ = 0;
  std::uint64_t last_event_ns_ = 0;
};

}  // namespace

Result<void> RecordingSource::start(const source::Wanted& /*wanted*/, source::EventSink& sink) {
  WGT_TRY(Reader reader, Reader::open(path_));
  Player player(sink, losses_);
  while (true) {
    Result<std::optional<Frame>> frame = reader.next();
    losses_.broken = reader.stats().bad();
    seen_until_ns_ = player.seen_until_ns();
    if (!frame) {
      sink.failed(std::move(frame).error());
      return {};
    }
    if (!*frame) break;
    if (!std::visit(player, **frame)) return {};
  }
  if (reader.cut())
    sink.notice(path_ + ": the file was cut at byte " + std::to_string(reader.bytes()));
  sink.ended(reader.cut() ? source::End::kCut : source::End::kWhole);
  return {};
}

}  // namespace wgt::recording
