// SPDX-License-Identifier: GPL-2.0-only
// The port for what comes out: what every output can do. The rows of sinks.cpp choose one by name.
// A sink is told of views, never of where they come from.
#pragma once

#include <cstdint>

#include "plugin/explain/handshake_view.h"
#include "plugin/explain/path_view.h"

namespace wgt::sink {

// Back-pressure.
enum class Room : std::uint8_t {
  kMore,
  kLater,   // what comes now may have to be dropped: whoever can holds it back
  kClosed,  // nobody reads any more
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void path(const explain::PathView& path) = 0;
  virtual void handshake(const explain::HandshakeView& handshake) = 0;
  virtual void summary(const explain::Summary& summary) = 0;  // once, at the end
  // Passes on what was written so far. When that pays is known to whoever feeds it.
  virtual void flush() {}
  virtual Room room() const { return Room::kMore; }
};

}  // namespace wgt::sink
