// SPDX-License-Identifier: GPL-2.0-only
// One line a packet, for busy streams: when (UTC), what, from where to where, then how long it took
// or what became of it and why. At most 80 columns for IPv4; what matters least is left out first.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

#include "plugin/sink/stream_sink.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

class LineSink : public StreamSink {
 public:
  LineSink(std::ostream& out, const TextStyle& style) : StreamSink(out), style_(style) {}

  void path(const explain::PathView& path) override;
  void handshake(const explain::HandshakeView& handshake) override;
  void summary(const explain::Summary& summary) override;

 private:
  struct Parts {
    const char* sign = "";
    Ink ink = Ink::kPlain;
    std::string clock, proto, flow, route, total, verdict, reason;
  };
  static Parts parts_of(const explain::PathView& path);
  TextLine format(const Parts& parts, int level) const;

  TextStyle style_;
  // The widest seen so far, so that columns stay where they are.
  std::size_t flow_width_ = 27;
  std::size_t route_width_ = 3;
};

}  // namespace wgt::sink
