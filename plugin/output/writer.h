// SPDX-License-Identifier: GPL-2.0-only
// What every output format can do. A writer keeps its stream for its whole life and never flushes:
// when that pays is known to whoever feeds it.
#pragma once

#include "plugin/view/handshake_view.h"
#include "plugin/view/path_view.h"

namespace wgt::output {

class Writer {
 public:
  virtual ~Writer() = default;
  virtual void path(const view::PathView& path) = 0;
  virtual void handshake(const view::HandshakeView& handshake) = 0;
  virtual void summary(const view::Summary& summary) = 0;  // once, at the end
};

}  // namespace wgt::output
