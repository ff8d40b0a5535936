// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/live_run.h"

#include <csignal>

#include "plugin/sink/text/say.h"

namespace wgt::app {

LiveRun::LiveRun() : signals_(io_, SIGINT, SIGTERM, SIGHUP), end_(io_) {
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (!error) stop();
  });
}

void LiveRun::run() { io_.run(); }

void LiveRun::begin(std::optional<std::chrono::milliseconds> duration) {
  if (duration) {
    end_.expires_after(*duration);
    end_.async_wait([this](const boost::system::error_code& error) {
      if (!error) stop();
    });
  }
  sink::say("listening …");
}

void LiveRun::finish(std::chrono::milliseconds most) {
  signals_.cancel();
  end_.cancel();
  io_.restart();
  io_.run_for(most);
}

}  // namespace wgt::app
