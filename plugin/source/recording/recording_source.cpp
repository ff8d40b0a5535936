// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/recording_source.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "plugin/event/losses.h"
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
    count_damage();
    seen_until_ns_ = std::max(seen_until_ns_, lost.mono_ns);
    return sink_.progress({lost.mono_ns, lost.total() + damaged_});
  }
  bool operator()(const EndSummary& end) {
    seen_until_ns_ = end.watch_ended_mono_ns != 0 ? end.watch_ended_mono_ns : last_event_ns_;
    return sink_.progress({seen_until_ns_, end.lost + damaged_});
  }
  // The next progress tells of it: what was lost was written between that and the one before.
  bool operator()(const Damage& damage) {
    if (places_++ == 0) first_ = damage;
    damaged_ += std::max<std::uint64_t>(damage.records, 1);
    count_damage();
    return true;
  }

  std::uint64_t seen_until_ns() const { return seen_until_ns_; }
  void saw_until(std::uint64_t event_ns) { last_event_ns_ = std::max(last_event_ns_, event_ns); }

  // nullopt: there was none.
  std::optional<Error> damage(const std::string& path) const {
    if (places_ == 0) return std::nullopt;
    std::string text =
        path + ": damaged at byte " + std::to_string(first_.offset) + ": " + first_.what;
    if (places_ > 1) text += ", and in " + std::to_string(places_ - 1) + " more places";
    return make_error(Errc::kCorrupt, text);
  }

 private:
  void count_damage() {
    if (damaged_ != 0) losses_.by_cause[event::kDamageLoss] = damaged_;
  }

  source::EventSink& sink_;
  source::Losses& losses_;
  std::uint64_t seen_until_ns_ = 0;
  std::uint64_t last_event_ns_ = 0;
  std::uint64_t damaged_ = 0;  // events; of a place where nobody knows how many, one
  std::uint64_t places_ = 0;
  Damage first_;
};

}  // namespace

Result<void> RecordingSource::start(const source::Wanted& wanted, source::EventSink& sink) {
  // Once more from its beginning, if it is a file.
  if (path_ == "-") (void)::lseek(STDIN_FILENO, 0, SEEK_SET);
  WGT_TRY(Reader reader, Reader::open(path_, wanted.outline));
  Player player(sink, losses_);
  while (true) {
    Result<std::optional<Frame>> frame = reader.next();
    losses_.broken = reader.stats().bad();
    player.saw_until(reader.left_out_until_ns());
    seen_until_ns_ = player.seen_until_ns();
    if (!frame) {
      sink.failed(std::move(frame).error());
      return {};
    }
    if (!*frame) break;
    if (!std::visit(player, **frame)) return {};
  }
  for (const unsigned type : reader.unknown_types())
    sink.notice(path_ + ": left out blocks of type " + std::to_string(type) +
                ", which this wg-trace does not know");
  if (reader.cut())
    sink.notice(path_ + ": the file was cut at byte " + std::to_string(reader.bytes()));
  if (std::optional<Error> damage = player.damage(path_)) {
    sink.failed(*std::move(damage));
    return {};
  }
  sink.ended(reader.cut() ? source::End::kCut : source::End::kWhole);
  return {};
}

}  // namespace wgt::recording
