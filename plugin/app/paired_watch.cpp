// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/paired_watch.h"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "plugin/app/live_feed.h"
#include "plugin/app/live_host.h"
#include "plugin/app/losses.h"
#include "plugin/app/pair_client.h"
#include "plugin/app/pair_words.h"
#include "plugin/app/taken_down.h"
#include "plugin/explain/handshake_view.h"
#include "plugin/filter/sample.h"
#include "plugin/join/handshake_join.h"
#include "plugin/join/path_join.h"
#include "plugin/sink/text/say.h"
#include "plugin/sink/text/units.h"
#include "plugin/source/kernel/clock.h"
#include "plugin/source/kernel/handshakes.h"

namespace wgt::app {

namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds kSayGoodbye{500};

// On the wire, without the time that the other end took.
std::uint64_t length_of(const session::RoundTrip& trip) {
  return (trip.t4 - trip.t1) - (trip.t3 - trip.t2);
}

class PairedWatch final : PairEvents {
 public:
  PairedWatch(const kernel::PinDirectory& pins, const Interface& interface,
              const PathChoice& choice, const PairOptions& pair, LiveHost host, sink::Sink& writer,
              std::ostream& out)
      : pins_(pins),
        interface_(interface),
        choice_(choice),
        pair_(pair),
        host_(std::move(host)),
        writer_(writer),
        out_(out),
        stream_(choice, writer,
                [this](const event::HostInfo& info, event::DeviceKey key) {
                  return info.boot_id == host_.info().boot_id ? host_.device(key) : nullptr;
                }),
        join_(join::JoinOptions{},
              [this](const join::JoinedPath& joined) { return publish(joined); }),
        feed_(io_, handlers_, [this] { io_.stop(); }),
        client_(io_, interface, pair, {pair.sample, choice.filter.instructions()}, *this) {
    host_.info().filter = pair.expression;
  }

  Result<explain::Summary> run(const LiveOptions& options) {
    boost::asio::signal_set signals(io_, SIGINT, SIGTERM, SIGHUP);
    const auto stop = [this](const error_code& error, auto...) {
      if (!error) io_.stop();
    };
    signals.async_wait(stop);
    duration_ = options.duration;
    wanted_ = {interface_.key, options.stacks, options.handshakes};
    client_.start();
    io_.run();
    if (failure_) return *failure_;
    std::uint64_t lost = 0;
    if (feed_.is_running()) {
      const LiveResult live = feed_.stop();
      lost = total_lost(live.losses) + live.decoded.bad();
      if (live.taken_down) say_taken_down(true);
    }
    join_.finish();
    client_.goodbye();
    signals.cancel();
    end_.cancel();
    io_.restart();
    io_.run_for(kSayGoodbye);
    print_clocks();
    const join::JoinStats& stats = join_.stats();
    if (const auto late = stats.late_records + stats.late_drops; late != 0)
      sink::say("wg-trace: " + std::to_string(late) +
                " records came after their path was told, or are of no packet that is known");
    explain::Summary summary = stream_.finish(
        lost + there_lost_before_ + there_lost_ + client_.bad_records() + join_.stats().evicted,
        false);
    summary.taken_down = feed_.was_taken_down();
    out_.flush();
    if (!out_) return make_error(Errc::kSystem, "write the paths: the output is closed or full");
    return summary;
  }

 private:
  // --- this host

  bool take(event::Event event) {
    if (!wanted(event)) return true;
    host_.learn(event);
    if (host_.take_changed()) join_.update_host(kHere, host_.info());
    join_.add(kHere, std::move(event));
    return !stream_.enough();
  }

  void take(const event::HandshakeStep& step) {
    host_.learn(step.device);
    if (host_.take_changed()) join_.update_host(kHere, host_.info());
    publish(kHere, step);
  }

  void publish(join::HostId host, const event::HandshakeStep& step) {
    handshakes_.add(host, step);
    if (wanted_.handshakes)
      writer_.handshake(
          explain::build_handshake_view(handshakes_.conclude(host, step), join_.hosts()));
  }

  // What the other end is asked to leave out is left out here, too: or the join would miss it.
  bool wanted(const event::Event& event) const {
    const event::Tuple* inner = event::inner_of(event);
    if (inner != nullptr && client_.is_ours(*inner)) return false;
    return choice_.filter.may_match(event) && filter::in_sample(event::key_of(event), pair_.sample);
  }

  bool tick(std::int64_t now_ns) {
    join_.records_lost(kHere, total_lost(feed_.consumer().losses()));
    join_.advance(now_ns);
    out_.flush();
    return !stream_.enough() && out_.good();
  }

  bool publish(const join::JoinedPath& joined) {
    // Advice names what is configured now: that may have just changed.
    if (joined.verdict != event::VerdictId::DELIVERED) host_.refresh_if_old();
    return stream_.path(joined, join_.hosts());
  }

  // --- the other end

  Result<void> ready() override {
    if (feed_.is_running()) return {};
    WGT_TRY_VOID(feed_.start(pins_, wanted_));
    host_.info().watch_started_mono_ns = kernel::mono_ns();
    join_.add_host(host_.info());
    join_.advance(kernel::clock_ns(CLOCK_MONOTONIC));
    return {};
  }

  void round_trip(const session::RoundTrip& trip) override {
    trip_ = trip;
    // For show. That it can't be kept is no reason to end.
    (void)kernel::note_round_trip(pins_, interface_.key, client_.peer(),
                                  {kernel::mono_ns(), length_of(trip)});
    if (there_) compare(trip);
  }

  void compare(const session::RoundTrip& trip) {
    join_.compare_clocks(kHere, trip.t1, *there_, trip.t2);
    join_.compare_clocks(*there_, trip.t3, kHere, trip.t4);
  }

  void host(event::HostInfo info) override {
    info.filter = pair_.expression;
    if (!there_ || join_.hosts()[*there_].boot_id != info.boot_id)
      there_ = join_.add_host(std::move(info));  // booted again: another clock
    else
      join_.update_host(*there_, std::move(info));
    compare(trip_);
    if (std::exchange(watching_, true)) return;
    sink::say((said_listening_ ? "paired again with " : "paired with ") +
              join_.hosts()[*there_].hostname + " (" + client_.name() + ", round trip " +
              sink::format_duration(static_cast<std::int64_t>(length_of(trip_))) + ")");
    print_clocks();
    if (std::exchange(said_listening_, true)) return;
    if (duration_) {
      end_.expires_after(*duration_);
      end_.async_wait([this](const error_code& error) {
        if (!error) io_.stop();
      });
    }
    sink::say("listening …");
  }

  void events(std::span<event::Event> events) override {
    if (stream_.enough()) return;
    for (event::Event& event : events) {
      if (const auto* step = std::get_if<event::HandshakeStep>(&event))
        publish(*there_, *step);
      else if (wanted(event))
        join_.add(*there_, std::move(event));
    }
  }

  void progress(const session::Progress& progress) override {
    there_lost_ = progress.lost;
    join_.records_lost(*there_, there_lost_before_ + there_lost_);
    seen_until_ns_ = progress.seen_until_ns;
    join_.seen_until(*there_, seen_until_ns_);
  }

  void ended() override {
    watching_ = false;
    there_lost_before_ += std::exchange(there_lost_, 0);
    event::HostInfo info = join_.hosts()[*there_];
    info.watch_ended_mono_ns = std::max(seen_until_ns_, info.watch_started_mono_ns);
    join_.update_host(*there_, std::move(info));
    join_.seen_until(*there_, std::nullopt);
  }

  void failed(Error error) override {
    failure_ = std::move(error);
    io_.stop();
  }

  void print_clocks() const {
    if (!there_) return;
    const auto now = kernel::mono_ns();
    const auto offset = join_.clock_offset(kHere, *there_, now);
    if (!offset) return;
    const auto& hosts = join_.hosts();
    if (hosts[*there_].boot_id == hosts[kHere].boot_id) return;  // one clock
    const std::int64_t wall =
        offset->ns + hosts[*there_].wall_minus_mono_ns - hosts[kHere].wall_minus_mono_ns;
    sink::say(clock_words(wall, offset->error_ns));
  }

  static constexpr join::HostId kHere = 0;

  const kernel::PinDirectory& pins_;
  const Interface& interface_;
  const PathChoice& choice_;
  const PairOptions& pair_;
  LiveHost host_;
  sink::Sink& writer_;
  std::ostream& out_;
  PathStream stream_;
  join::PathJoin join_;
  join::HandshakeJoin handshakes_{
      join_.known_hosts(),
      [this](join::HostId there, join::HostId here, std::uint64_t from_ns, std::uint64_t to_ns) {
        return join_.saw_all(there, here, from_ns, to_ns);
      }};
  boost::asio::io_context io_;
  const LiveHandlers handlers_{
      .event = [this](event::Event event, auto) { return take(std::move(event)); },
      .handshake = [this](const event::HandshakeStep& step, auto) { take(step); },
      .tick = [this](std::int64_t now_ns) { return tick(now_ns); }};
  LiveFeed feed_;
  PairClient client_;
  boost::asio::steady_timer end_{io_};
  std::optional<std::chrono::milliseconds> duration_;
  kernel::Consumer::Wanted wanted_;
  std::optional<join::HostId> there_;
  session::RoundTrip trip_;
  std::uint64_t seen_until_ns_ = 0;
  std::uint64_t there_lost_ = 0;         // in this session
  std::uint64_t there_lost_before_ = 0;  // in those before
  bool watching_ = false;
  bool said_listening_ = false;
  std::optional<Error> failure_;
};

}  // namespace

Result<explain::Summary> watch_paired(const kernel::PinDirectory& pins, const Interface& interface,
                                      const LiveOptions& options, const PathChoice& choice,
                                      const PairOptions& pair, sink::Sink& writer,
                                      std::ostream& out) {
  WGT_TRY(LiveHost host, LiveHost::open(pins, interface.key));
  return PairedWatch(pins, interface, choice, pair, std::move(host), writer, out).run(options);
}

}  // namespace wgt::app
