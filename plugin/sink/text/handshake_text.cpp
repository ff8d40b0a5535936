// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/handshake_text.h"

#include "plugin/sink/text/units.h"

namespace wgt::sink {

std::string handshake_text(const explain::HandshakeView& h, const TextStyle& style) {
  const bool done = h.id == "hs.completed";
  TextLine line(style);
  line.add(format_clock(h.wall_ns), Ink::kDim).add(" ");
  line.add(done ? "✓" : h.failed ? "✗" : "·", done ? Ink::kGood : h.failed ? Ink::kBad : Ink::kDim);
  line.add(" ").add(h.netns.value_or(h.host)).add(" ").add(h.interface).add("  ");
  line.add(h.message, h.failed ? Ink::kBold : Ink::kPlain);
  if (done && h.after_ns) line.add(" after ").add(format_duration(*h.after_ns), Ink::kDim);
  if (h.failed) line.add(" ").add(h.id, Ink::kBad);
  return line.text();
}

}  // namespace wgt::sink
