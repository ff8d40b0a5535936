// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/pipeline.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "plugin/app/taken_down.h"
#include "plugin/explain/handshake_view.h"
#include "plugin/sink/text/say.h"
#include "plugin/sink/text/units.h"
#include "wgtools/base/clock.h"

namespace wgt::app {

namespace {

constexpr std::chrono::milliseconds kGoodbye{500};

// Whether nothing that was asked for is in the path: it is only followed because it carries some.
bool is_only_carrier(const join::JoinedPath& joined, const event::DeviceKey& wanted) {
  const auto other = [&](join::HostId host, const event::DeviceKey& device) {
    return host == 0 && device.ifindex != 0 && device != wanted;
  };
  return (!joined.tx || other(joined.tx->host, joined.tx->event.device)) &&
         (!joined.rx || other(joined.rx->host, joined.rx->event.device)) &&
         (!joined.drop || other(joined.drop->host, event::device_of(joined.drop->event)));
}

// wall_ns: its time of day - ours, roughly; error_ns: how well the clocks are known that times
// between the hosts are made from.
std::string clock_words(std::int64_t wall_ns, std::uint64_t error_ns) {
  return "its time of day is about " + sink::format_duration(std::abs(wall_ns)) +
         (wall_ns < 0 ? " behind" : " ahead of") +
         " this host's; times between the two are known to " +
         sink::format_duration(static_cast<std::int64_t>(error_ns));
}

}  // namespace

// Where one source's events come in: which host of the join's it is.
class Pipeline::Inlet final : public source::EventSink {
 public:
  Inlet(Pipeline& pipeline, source::Source& source) : pipeline_(pipeline), source_(source) {}

  source::Source& source() const { return source_; }
  const std::optional<join::HostId>& id() const { return id_; }  // once it named its host
  bool is_first() const { return this == &pipeline_.inlets_.front(); }

  Result<void> start() { return source_.start(pipeline_.options_.wanted, *this); }

  Result<void> ready() override { return pipeline_.start_before(*this); }

  void host(const event::HostInfo& named) override {
    event::HostInfo info = named;
    info.filter = pipeline_.options_.expression;
    const std::uint64_t started_ns = info.watch_started_mono_ns;
    join::PathJoin& join = pipeline_.join_;
    if (!id_ || join.hosts()[*id_].boot_id != info.boot_id)
      id_ = join.add_host(std::move(info));
    else
      join.update_host(*id_, std::move(info));
    if (is_first() && !seen_) join.advance(static_cast<std::int64_t>(started_ns));
    if (trip_) compare();
    if (std::exchange(seen_, true)) return;
    if (!source_.name().empty())
      sink::say((came_before_ ? "paired again with " : "paired with ") +
                join.hosts()[*id_].hostname + " (" + source_.name() + trip_words() + ")");
    came_before_ = true;
    pipeline_.came(*this);
  }

  bool event(const event::Event& event, std::span<const std::byte> /*bytes*/) override {
    if (pipeline_.stream_.enough() || !id_) return false;
    if (const auto* step = std::get_if<event::HandshakeStep>(&event))
      pipeline_.publish(*id_, *step);
    else if (!pipeline_.options_.admits || pipeline_.options_.admits(event))
      pipeline_.join_.add(*id_, event);
    return !pipeline_.stream_.enough();
  }

  bool progress(const source::Progress& progress) override {
    seen_until_ns_ = progress.seen_until_ns;
    return pipeline_.progress(*this, progress);
  }

  void round_trip(const source::RoundTrip& trip) override {
    trip_ = trip;
    if (id_) compare();
  }

  bool has_room() const override { return pipeline_.sink_.room() != sink::Room::kLater; }

  // A session may begin again; this host's own events do not.
  void ended(source::End end) override {
    if (is_first()) return pipeline_.end(end);
    seen_ = false;
    if (!id_) return;
    event::HostInfo info = pipeline_.join_.hosts()[*id_];
    info.watch_ended_mono_ns = std::max(seen_until_ns_, info.watch_started_mono_ns);
    pipeline_.join_.update_host(*id_, std::move(info));
    pipeline_.join_.seen_until(*id_, std::nullopt);
  }

  void failed(Error error) override { pipeline_.fail(std::move(error)); }
  void notice(const std::string& text) override { sink::say(text); }

 private:
  void compare() {
    const auto& here = pipeline_.inlets_.front().id();
    if (is_first() || !here) return;
    join::PathJoin& join = pipeline_.join_;
    join.compare_clocks(*here, trip_->t1, *id_, trip_->t2);
    join.compare_clocks(*id_, trip_->t3, *here, trip_->t4);
  }

  std::string trip_words() const {
    if (!trip_) return "";
    return ", round trip " + sink::format_duration(static_cast<std::int64_t>(trip_->length_ns()));
  }

  Pipeline& pipeline_;
  source::Source& source_;
  std::optional<join::HostId> id_;
  std::optional<source::RoundTrip> trip_;
  std::uint64_t seen_until_ns_ = 0;
  bool seen_ = false;  // its host is there
  bool came_before_ = false;
};

Pipeline::Pipeline(LiveRun& run, const PathChoice& choice, sink::Sink& sink,
                   PipelineOptions options)
    : run_(run),
      sink_(sink),
      options_(std::move(options)),
      stream_(choice, sink_, options_.device_of),
      join_(join::JoinOptions{},
            [this](const join::JoinedPath& joined) { return publish(joined); }),
      handshakes_(join_.known_hosts(), [this](const join::Hosts::Place& there, join::HostId here,
                                              std::uint64_t from_ns, std::uint64_t to_ns) {
        return join_.saw_all(there, here, from_ns, to_ns);
      }) {}

Pipeline::~Pipeline() = default;

void Pipeline::add(source::Source& source) { inlets_.emplace_back(*this, source); }

// What is waited for with one end only would be called missing on the other: the last source is the
// one that takes longest to be there.
Result<void> Pipeline::start_before(const Inlet& inlet) {
  const auto at = std::ranges::find_if(inlets_, [&](const Inlet& one) { return &one == &inlet; });
  if (at == inlets_.begin() || std::prev(at)->id()) return {};
  return std::prev(at)->start();
}

void Pipeline::came(const Inlet& inlet) {
  if (!inlet.is_first()) print_clocks();
  const bool all =
      std::ranges::all_of(inlets_, [](const Inlet& one) { return one.id().has_value(); });
  if (!all || std::exchange(begun_, true)) return;
  if (options_.begun)
    options_.begun(run_);
  else
    run_.begin(options_.duration);
}

bool Pipeline::publish(const join::JoinedPath& joined) {
  const auto& wanted = options_.wanted;
  if (wanted.carriers && wanted.device && is_only_carrier(joined, *wanted.device)) return false;
  // Advice names what is configured now: that may have just changed.
  if (joined.verdict != event::VerdictId::DELIVERED && options_.refresh) options_.refresh();
  return stream_.path(joined, join_.hosts());
}

void Pipeline::publish(join::HostId host, const event::HandshakeStep& step) {
  handshakes_.add(host, step);
  if (options_.wanted.handshakes)
    sink_.handshake(explain::build_handshake_view(handshakes_.conclude(host, step), join_.hosts()));
}

bool Pipeline::progress(const Inlet& inlet, const source::Progress& progress) {
  if (!inlet.id()) return true;
  join_.records_lost(*inlet.id(), progress.lost);
  if (inlet.is_first()) {
    join_.advance(static_cast<std::int64_t>(progress.seen_until_ns));
    sink_.flush();
  } else {
    join_.seen_until(*inlet.id(), progress.seen_until_ns);
  }
  return !stream_.enough() && sink_.room() != sink::Room::kClosed;
}

void Pipeline::end(source::End end) {
  taken_down_ = taken_down_ || end == source::End::kCut;
  run_.stop();
}

void Pipeline::fail(Error error) {
  failure_ = std::move(error);
  run_.stop();
}

void Pipeline::print_clocks() const {
  const auto& here = inlets_.front().id();
  const auto& there = inlets_.back().id();
  if (!here || !there || here == there) return;
  const auto offset = join_.clock_offset(*here, *there, mono_ns());
  const auto& hosts = join_.hosts();
  if (!offset || hosts[*there].boot_id == hosts[*here].boot_id) return;  // one clock
  sink::say(
      clock_words(offset->ns + hosts[*there].wall_minus_mono_ns - hosts[*here].wall_minus_mono_ns,
                  offset->error_ns));
}

std::uint64_t Pipeline::lost() const {
  std::uint64_t all = join_.stats().evicted;
  for (const Inlet& inlet : inlets_) all += inlet.source().losses().total();
  return all;
}

Result<explain::Summary> Pipeline::run() {
  WGT_TRY_VOID(inlets_.back().start());
  run_.run();
  if (failure_) return *failure_;
  for (Inlet& inlet : inlets_) inlet.source().stop();
  if (taken_down_) say_taken_down(options_.wanted.device.has_value());
  join_.finish();
  run_.finish(kGoodbye);
  if (inlets_.size() > 1) {
    print_clocks();
    const join::JoinStats& stats = join_.stats();
    if (const auto late = stats.late_records + stats.late_drops; late != 0)
      sink::say("wg-trace: " + std::to_string(late) +
                " records came after their path was told, or are of no packet that is known");
  }
  source::LeftOut left_out;
  for (const Inlet& inlet : inlets_) {
    left_out.filtered += inlet.source().left_out().filtered;
    left_out.sampled += inlet.source().left_out().sampled;
  }
  WGT_TRY(explain::Summary summary, stream_.finish(lost(), false, left_out));
  summary.taken_down = taken_down_;
  return summary;
}

}  // namespace wgt::app
