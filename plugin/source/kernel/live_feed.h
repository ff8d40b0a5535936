// SPDX-License-Identifier: GPL-2.0-only
// Records of this host in an io_context that somebody else runs: as they come, and a tick ten times
// a second. Can be started and stopped again; the kernel side only works while it runs.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "plugin/app/live_loop.h"

namespace wgt::app {

class LiveFeed {
 public:
  // `enough` is called when a handler has had enough, or what was asked for is taken down: once for
  // each start(). All must outlive it.
  LiveFeed(boost::asio::io_context& io, const LiveHandlers& handlers, std::function<void()> enough);

  Result<void> start(const kernel::PinDirectory& pins, const kernel::Consumer::Wanted& wanted);
  bool is_running() const { return consumer_ != nullptr; }
  kernel::Consumer& consumer() { return *consumer_; }  // while it runs
  bool was_taken_down() const { return taken_down_; }

  // No new records; hands out what is there, and ticks a last time.
  LiveResult stop();

 private:
  bool take(std::span<const std::byte> bytes);
  bool consume();
  void wait_for_records();
  void next_tick();
  void look_whether_traced();

  const LiveHandlers& handlers_;
  std::function<void()> enough_called_;
  boost::asio::posix::stream_descriptor ring_;
  boost::asio::steady_timer ticks_;
  std::unique_ptr<kernel::Consumer> consumer_;
  event::DecodeStats decoded_;
  std::int64_t seen_until_ns_ = 0;  // CLOCK_MONOTONIC
  bool enough_ = false;
  bool taken_down_ = false;
};

}  // namespace wgt::app
