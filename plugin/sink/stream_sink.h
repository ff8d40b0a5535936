// SPDX-License-Identifier: GPL-2.0-only
// A sink that writes to a stream, which must outlive it.
#pragma once

#include <ostream>

#include "plugin/sink/sink.h"

namespace wgt::sink {

class StreamSink : public Sink {
 public:
  explicit StreamSink(std::ostream& out) : out_(out) {}

  void flush() override { out_.flush(); }
  // A stream waits until there is room.
  Room room() const override { return out_.good() ? Room::kMore : Room::kClosed; }

 protected:
  std::ostream& out_;
};

}  // namespace wgt::sink
