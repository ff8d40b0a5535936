// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/live_loop.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "plugin/app/live_feed.h"
#include "plugin/app/taken_down.h"

namespace wgt::app {

Result<LiveResult> run_live(const kernel::PinDirectory& pins, const LiveOptions& options,
                            const std::function<void(kernel::Consumer&)>& ready,
                            const LiveHandlers& handlers) {
  using boost::system::error_code;
  boost::asio::io_context io;
  const auto stop = [&io](const error_code& error, auto...) {
    if (!error) io.stop();
  };
  // Before anything is attached, so that no signal can end us half-way.
  boost::asio::signal_set signals(io, SIGINT, SIGTERM, SIGHUP);
  signals.async_wait(stop);
  LiveFeed feed(io, handlers, [&io] { io.stop(); });
  WGT_TRY_VOID(feed.start(pins, {options.device, options.stacks, options.handshakes}));
  ready(feed.consumer());
  boost::asio::steady_timer end(io);
  if (options.duration) {
    end.expires_after(*options.duration);
    end.async_wait(stop);
  }
  io.run();
  LiveResult result = feed.stop();
  if (result.taken_down) say_taken_down(options.device.has_value());
  return result;
}

}  // namespace wgt::app
