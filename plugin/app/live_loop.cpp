// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/live_loop.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "plugin/probe/clock.h"

namespace wgt::app {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Records handled before signals and timers get a turn again.
constexpr std::size_t kBatch = 4096;
constexpr std::chrono::milliseconds kTick{probe::Consumer::kLookEveryMs};
constexpr int kTicksPerHeartbeat = 10;

class LiveLoop {
 public:
  LiveLoop(const LiveHandlers& handlers) : handlers_(handlers) {}

  Result<LiveResult> run(const probe::PinDirectory& pins, std::optional<wgt_device_key> device,
                         std::optional<std::chrono::milliseconds> duration,
                         const std::function<void(probe::Consumer&)>& ready) {
    // Before anything is attached, so that no signal can end us half-way.
    asio::signal_set signals(io_, SIGINT, SIGTERM, SIGHUP);
    signals.async_wait([this](const error_code& error, int) {
      if (!error) io_.stop();
    });
    WGT_TRY(consumer_, probe::Consumer::start(
                           pins, device, [this](auto bytes) { return take(bytes); },
                           handlers_.handshake ? probe::Handshakes::kToo : probe::Handshakes::kNo));
    ready(*consumer_);

    // The ring's descriptor stays the consumer's: a copy is given to asio.
    asio::posix::stream_descriptor ring(io_, ::dup(consumer_->fd()));
    wait_for_records(ring);
    asio::steady_timer ticks(io_);
    next_tick(ticks);
    asio::steady_timer end(io_);
    if (duration) {
      end.expires_after(*duration);
      end.async_wait([this](const error_code& error) {
        if (!error) io_.stop();
      });
    }
    io_.run();

    consumer_->stop();
    const std::int64_t now = probe::clock_ns(CLOCK_MONOTONIC);
    while (!enough_ && consumer_->consume(kBatch) == kBatch) continue;
    result_.losses = consumer_->losses();
    handlers_.tick(now);
    return std::move(result_);
  }

 private:
  bool take(std::span<const std::byte> bytes) {
    if (enough_) return false;
    const auto record = decode::decode(bytes, result_.decoded);
    if (record && record->kind == WGT_HANDSHAKE) {
      if (handlers_.handshake) handlers_.handshake(*record);
    } else if (record && !handlers_.record(*record)) {
      enough_ = true;
    }
    return !enough_;
  }

  // False: there is more, or it is enough.
  bool consume() {
    const bool empty = consumer_->consume(kBatch) < kBatch;
    if (enough_) io_.stop();
    return empty && !enough_;
  }

  void wait_for_records(asio::posix::stream_descriptor& ring) {
    ring.async_wait(asio::posix::stream_descriptor::wait_read, [&](const error_code& error) {
      if (error) return;
      consume();
      wait_for_records(ring);
    });
  }

  void next_tick(asio::steady_timer& timer) {
    timer.expires_after(kTick);
    timer.async_wait([&](const error_code& error) {
      if (error) return;
      // The kernel side wakes us only when much waits.
      const std::int64_t now = probe::clock_ns(CLOCK_MONOTONIC);
      const bool caught_up = consume();
      if (++ticks_ % kTicksPerHeartbeat == 0) (void)consumer_->heartbeat();
      if (caught_up && !handlers_.tick(now)) io_.stop();
      next_tick(timer);
    });
  }

  const LiveHandlers& handlers_;
  asio::io_context io_;
  std::unique_ptr<probe::Consumer> consumer_;
  LiveResult result_;
  unsigned ticks_ = 0;
  bool enough_ = false;
};

}  // namespace

Result<LiveResult> run_live(const probe::PinDirectory& pins, std::optional<wgt_device_key> device,
                            std::optional<std::chrono::milliseconds> duration,
                            const std::function<void(probe::Consumer&)>& ready,
                            const LiveHandlers& handlers) {
  return LiveLoop(handlers).run(pins, device, duration, ready);
}

}  // namespace wgt::app
