// SPDX-License-Identifier: GPL-2.0-only
// A small HTTP server for one document. One thread; a slow or hostile client costs one of a few
// connections for a few seconds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "wgtools/base/ip.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct Page {
  std::string path;  // "/metrics"
  std::string content_type;
  // Made anew for each request. An error is told to the client as 503.
  std::function<Result<std::string>()> make;
};

// Serves until SIGINT, SIGTERM or SIGHUP. `ready` is called once the port is open. Errors: the
// address cannot be used.
Result<void> serve(const Endpoint& at, const Page& page, const std::function<void()>& ready);

}  // namespace wgt::app
