// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/output/handshake_text.h"

#include "plugin/output/units.h"

namespace wgt::output {

std::string handshake_text(const view::HandshakeView& h, const TextStyle& style) {
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

}  // namespace wgt::output
