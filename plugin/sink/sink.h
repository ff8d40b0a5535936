// SPDX-License-Identifier: GPL-2.0-only
// What every output format can do. A writer keeps its stream for its whole life and never flushes:
// when that pays is known to whoever feeds it.
#pragma once

#include "plugin/explain/handshake_view.h"
#include "plugin/explain/path_view.h"

namespace wgt::sink {

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void path(const explain::PathView& path) = 0;
  virtual void handshake(const explain::HandshakeView& handshake) = 0;
  virtual void summary(const explain::Summary& summary) = 0;  // once, at the end
};

}  // namespace wgt::sink
