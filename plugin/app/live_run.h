// SPDX-License-Identifier: GPL-2.0-only
// A command that runs until a signal, a time or its own end: it owns the io_context that live
// sources run in.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace wgt::app {

class LiveRun {
 public:
  // From here on SIGINT, SIGTERM and SIGHUP end it: before anything is attached, so that none of
  // them can end us half-way.
  LiveRun();

  boost::asio::io_context& io() { return io_; }
  // Until stop().
  void run();
  // Everything is attached: says so, and the time counts from now on. nullopt: for ever.
  void begin(std::optional<std::chrono::milliseconds> duration);
  void stop() { io_.stop(); }
  // Lives as long as the io_context: what has handlers waiting in it.
  void keep(std::shared_ptr<void> what) { kept_.push_back(std::move(what)); }
  // After run(): what was begun may still be sent, for so long.
  void finish(std::chrono::milliseconds most);

 private:
  boost::asio::io_context io_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer end_;
  std::vector<std::shared_ptr<void>> kept_;
};

}  // namespace wgt::app
