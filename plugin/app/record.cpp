// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/record.h"

#include "plugin/app/live_host.h"
#include "plugin/app/live_loop.h"
#include "plugin/app/losses.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/clock.h"
#include "plugin/source/recording/writer.h"

namespace wgt::app {

namespace {

// A recording that is cut off loses at most this much.
constexpr unsigned kTicksPerFlush = 10;

}  // namespace

Result<RecordSummary> record(const kernel::PinDirectory& pins, const RecordOptions& options,
                             const filter::PacketFilter& filter) {
  WGT_TRY(LiveHost host, LiveHost::open(pins, options.live.device));
  host.info().filter = options.expression;
  host.info().watch_started_mono_ns = kernel::mono_ns();
  // The file first: a path that can't be written is said before anything is attached.
  WGT_TRY(recording::Writer writer, recording::Writer::create(options.file, host.info()));

  kernel::Consumer* consumer = nullptr;
  std::uint64_t filtered = 0;
  Result<void> written;
  unsigned ticks = 0;
  bool enough = false;
  std::uint64_t packets = 0;  // the rest are steps of handshakes
  // Every record from before then is in the file: the join relies on it.
  std::uint64_t seen_until_ns = 0;
  const auto keep = [&](Result<void> result) {
    if (written && !result) written = std::move(result);
    return written.has_value();
  };
  const auto ready = [&](kernel::Consumer& started) {
    consumer = &started;
    host.info().watch_started_mono_ns = kernel::mono_ns();
    keep(writer.host(host.info()));
    sink::say("listening …");
  };
  const auto write = [&](std::span<const std::byte> bytes) {
    return (!host.take_changed() || keep(writer.host(host.info()))) && keep(writer.add(bytes));
  };
  const LiveHandlers handlers{
      .event =
          [&](const event::Event& event, std::span<const std::byte> bytes) {
            if (!filter.may_match(event)) {
              filtered++;
              return true;
            }
            host.learn(event);
            if (!write(bytes)) return false;
            enough = options.count && ++packets >= *options.count;
            if (enough) seen_until_ns = event::last_hop_ns(event);
            return !enough;
          },
      .handshake =
          [&](const event::HandshakeStep& step, std::span<const std::byte> bytes) {
            host.learn(step.device);
            write(bytes);
          },
      .tick =
          [&](std::int64_t now_ns) {
            if (!enough) seen_until_ns = static_cast<std::uint64_t>(now_ns);
            if (++ticks % kTicksPerFlush != 0) return true;
            return keep(writer.lost({seen_until_ns, consumer->losses()})) && keep(writer.flush());
          }};
  WGT_TRY(const LiveResult live, run_live(pins, options.live, ready, handlers));
  WGT_TRY_VOID(written);
  const RecordSummary summary{writer.records(), filtered,
                              total_lost(live.losses) + live.decoded.bad(), live.losses,
                              live.taken_down};
  WGT_TRY_VOID(writer.lost({seen_until_ns, live.losses}));
  WGT_TRY_VOID(writer.close({seen_until_ns, 0, summary.filtered, summary.lost}));
  return summary;
}

}  // namespace wgt::app
