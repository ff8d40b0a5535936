// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/record.h"

#include <utility>

#include "plugin/app/live_run.h"
#include "plugin/app/taken_down.h"
#include "plugin/source/kernel/kernel_source.h"
#include "plugin/source/recording/writer.h"
#include "wgtools/base/clock.h"

namespace wgt::app {

namespace {

// A recording that is cut off loses at most this much.
constexpr unsigned kTicksPerFlush = 10;

// A source's events -> filter -> file, until something can't be written.
class Recorder final : public source::EventSink {
 public:
  Recorder(LiveRun& run, recording::Writer writer, const RecordOptions& options,
           const filter::PacketFilter& filter, const source::Source& source)
      : run_(run),
        writer_(std::move(writer)),
        options_(options),
        filter_(filter),
        source_(source) {}

  void host(const event::HostInfo& host) override {
    event::HostInfo info = host;
    info.filter = options_.expression;
    keep(writer_.host(info));
    if (!std::exchange(begun_, true)) run_.begin(options_.live.duration);
  }

  bool event(const event::Event& event, std::span<const std::byte> bytes) override {
    if (std::holds_alternative<event::HandshakeStep>(event)) return keep(writer_.add(bytes));
    if (!filter_.may_match(event)) {
      filtered_++;
      return true;
    }
    if (!keep(writer_.add(bytes))) return false;
    enough_ = options_.count && ++packets_ >= *options_.count;
    if (enough_) seen_until_ns_ = event::last_hop_ns(event);
    return !enough_;
  }

  bool progress(const source::Progress& progress) override {
    if (!enough_) seen_until_ns_ = progress.seen_until_ns;
    if (++ticks_ % kTicksPerFlush != 0) return written_.has_value();
    return keep(writer_.lost({seen_until_ns_, source_.losses().by_cause})) && keep(writer_.flush());
  }

  void ended(source::End end) override {
    taken_down_ = taken_down_ || end == source::End::kCut;
    run_.stop();
  }
  void failed(Error error) override {
    keep(std::move(error));
    run_.stop();
  }
  void notice(const std::string& /*text*/) override {}

  // The source was stopped.
  Result<RecordSummary> finish() {
    if (taken_down_) say_taken_down(options_.live.wanted.device.has_value());
    WGT_TRY_VOID(written_);
    const source::Losses losses = source_.losses();
    const RecordSummary summary{writer_.records(), filtered_ + source_.left_out().filtered,
                                losses.total(), losses.by_cause, taken_down_};
    WGT_TRY_VOID(writer_.lost({seen_until_ns_, losses.by_cause}));
    WGT_TRY_VOID(writer_.close({seen_until_ns_, 0, summary.filtered, summary.lost}));
    return summary;
  }

 private:
  bool keep(Result<void> result) {
    if (written_ && !result) written_ = std::move(result);
    return written_.has_value();
  }

  LiveRun& run_;
  recording::Writer writer_;
  const RecordOptions& options_;
  const filter::PacketFilter& filter_;
  const source::Source& source_;
  Result<void> written_;
  std::uint64_t packets_ = 0;  // the rest are steps of handshakes
  std::uint64_t filtered_ = 0;
  // Every record from before then is in the file: the join relies on it.
  std::uint64_t seen_until_ns_ = 0;
  unsigned ticks_ = 0;
  bool begun_ = false;
  bool enough_ = false;
  bool taken_down_ = false;
};

}  // namespace

Result<RecordSummary> record(const kernel::PinDirectory& pins, RecordOptions options,
                             const filter::PacketFilter& filter) {
  filter_in_kernel(options.live.wanted, filter);
  WGT_TRY(kernel::LiveHost names, kernel::LiveHost::open(pins, options.live.wanted.device));
  event::HostInfo info = names.info();
  info.filter = options.expression;
  info.watch_started_mono_ns = mono_ns();
  // The file first: a path that can't be written is said before anything is attached.
  WGT_TRY(recording::Writer writer, recording::Writer::create(options.file, info));
  LiveRun run;
  kernel::KernelSource here(run.io(), pins, names);
  Recorder recorder(run, std::move(writer), options, filter, here);
  WGT_TRY_VOID(here.start(options.live.wanted, recorder));
  run.run();
  here.stop();
  return recorder.finish();
}

}  // namespace wgt::app
