// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/watch.h"

#include "plugin/app/live_host.h"
#include "plugin/app/losses.h"
#include "plugin/explain/handshake_view.h"
#include "plugin/join/handshake_join.h"
#include "plugin/join/path_join.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/clock.h"

namespace wgt::app {

Result<explain::Summary> watch(const kernel::PinDirectory& pins, const LiveOptions& options,
                               const PathChoice& choice, sink::Sink& writer, std::ostream& out) {
  WGT_TRY(LiveHost host, LiveHost::open(pins, options.device));
  PathStream stream(choice, writer,
                    [&](const event::HostInfo&, event::DeviceKey key) { return host.device(key); });
  join::PathJoin* paths = nullptr;
  join::PathJoin join(join::JoinOptions{}, [&](const join::JoinedPath& joined) {
    // Advice names what is configured now: that may have just changed.
    if (joined.verdict != event::VerdictId::DELIVERED) host.refresh_if_old();
    return stream.path(joined, paths->hosts());
  });
  paths = &join;

  kernel::Consumer* consumer = nullptr;
  join::HostId id = 0;
  const auto ready = [&](kernel::Consumer& started) {
    consumer = &started;
    host.info().watch_started_mono_ns = kernel::mono_ns();
    id = join.add_host(host.info());
    join.advance(kernel::clock_ns(CLOCK_MONOTONIC));
    sink::say("listening …");
  };
  LiveHandlers handlers{.event =
                            [&](event::Event event, auto) {
                              host.learn(event);
                              if (host.take_changed()) join.update_host(id, host.info());
                              join.add(id, std::move(event));
                              return !stream.enough();
                            },
                        .tick =
                            [&](std::int64_t now_ns) {
                              join.records_lost(id, total_lost(consumer->losses()));
                              join.advance(now_ns);
                              out.flush();
                              return !stream.enough() && out.good();
                            }};
  join::HandshakeJoin handshakes(
      join.known_hosts(), [&](join::HostId there, join::HostId here, std::uint64_t from,
                              std::uint64_t to) { return join.saw_all(there, here, from, to); });
  if (options.handshakes)
    handlers.handshake = [&](const event::HandshakeStep& step, auto) {
      host.learn(step.device);
      if (host.take_changed()) join.update_host(id, host.info());
      handshakes.add(id, step);
      writer.handshake(explain::build_handshake_view(handshakes.conclude(id, step), join.hosts()));
    };
  WGT_TRY(const LiveResult live, run_live(pins, options, ready, handlers));
  join.finish();
  explain::Summary summary =
      stream.finish(total_lost(live.losses) + live.decoded.bad() + join.stats().evicted, false);
  summary.taken_down = live.taken_down;
  out.flush();
  if (!out) return make_error(Errc::kSystem, "write the paths: the output is closed or full");
  return summary;
}

}  // namespace wgt::app
