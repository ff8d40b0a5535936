// SPDX-License-Identifier: GPL-2.0-only
// A packet's whole way as a block of text that reads from top to bottom: what it was, the sender's
// steps, the way between, the receiver's steps, what became of it, what to do. At most 80 columns;
// only a command is never broken.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "plugin/output/text_line.h"
#include "plugin/output/writer.h"

namespace wgt::output {

class BlockWriter : public Writer {
 public:
  BlockWriter(std::ostream& out, const TextStyle& style) : out_(out), style_(style) {}

  void path(const view::PathView& path) override;
  void handshake(const view::HandshakeView& handshake) override;
  void summary(const view::Summary& summary) override;

 private:
  void headline(const view::PathView& path);
  void side(const view::PathView& path, const view::Side& side, const char* role);
  void hops(const view::PathView& path, const view::Side& side);
  void network(const view::PathView& path);
  void verdict(const view::PathView& path);
  void advice(const view::Verdict& verdict);

  TextLine line() const { return TextLine(style_); }
  void put(const TextLine& text) { out_ << text.text() << '\n'; }
  // Parts side by side, on as many lines as they need; `end` stands at the right, if there is room.
  void put_parts(const char* gutter, const std::vector<std::string>& parts, Ink ink,
                 std::string_view end);
  void put_wrapped(const char* gutter, std::string_view text, Ink ink = Ink::kPlain);

  std::ostream& out_;
  TextStyle style_;
  bool first_ = true;  // blocks are kept apart by an empty line
};

}  // namespace wgt::output
