// SPDX-License-Identifier: GPL-2.0-only
// A packet's whole way as a block of text that reads from top to bottom: what it was, the sender's
// steps, the way between, the receiver's steps, what became of it, what to do. At most 80 columns;
// only a command is never broken.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "plugin/sink/stream_sink.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

class BlockSink : public StreamSink {
 public:
  BlockSink(std::ostream& out, const TextStyle& style) : StreamSink(out), style_(style) {}

  void path(const explain::PathView& path) override;
  void handshake(const explain::HandshakeView& handshake) override;
  void summary(const explain::Summary& summary) override;

 private:
  void headline(const explain::PathView& path);
  void side(const explain::PathView& path, const explain::Side& side, const char* role);
  void hops(const explain::PathView& path, const explain::Side& side);
  void network(const explain::PathView& path);
  void verdict(const explain::PathView& path);
  void advice(const explain::Verdict& verdict);

  TextLine line() const { return TextLine(style_); }
  void put(const TextLine& text) { out_ << text.text() << '\n'; }
  // Parts side by side, on as many lines as they need; `end` stands at the right, if there is room.
  void put_parts(const char* gutter, const std::vector<std::string>& parts, Ink ink,
                 std::string_view end);
  void put_wrapped(const char* gutter, std::string_view text, Ink ink = Ink::kPlain);

  TextStyle style_;
  bool first_ = true;  // blocks are kept apart by an empty line
};

}  // namespace wgt::sink
