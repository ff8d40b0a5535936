// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/hooks_text.h"

#include <algorithm>
#include <string>

#include "plugin/sink/text/printable.h"

namespace wgt::cli {

namespace {

constexpr std::size_t kHowWidth = 8;

void paragraph(std::ostream& out, std::string_view text, const sink::TextStyle& style) {
  const std::size_t room = sink::kColumns - kHowWidth;
  for (const std::string& part : sink::wrap(sink::printable(text, style.utf8), room, room))
    out << sink::TextLine(style).pad_to(kHowWidth).add(part).text() << '\n';
}

}  // namespace

const char* hook_state(const kernel::Attached& hook) {
  if (hook.ok) return "attached";
  if (!hook.why.empty()) return "missing";
  return hook.hook->when == kernel::When::kWatched ? "when watched" : "ready";
}

void hooks_text(std::ostream& out, std::span<const kernel::Attached> hooks,
                const sink::TextStyle& style) {
  std::size_t symbol_width = 0;
  for (const kernel::Attached& hook : hooks)
    symbol_width = std::max(symbol_width, hook.hook->symbol.size() + 2);
  for (const kernel::Attached& hook : hooks) {
    const bool missing = !hook.ok && !hook.why.empty();
    out << sink::TextLine(style)
               .add_left(kernel::how_name(hook.hook->how), kHowWidth)
               .add_left(hook.hook->symbol, symbol_width)
               .add(hook_state(hook), missing ? sink::Ink::kBad : sink::Ink::kPlain)
               .text()
        << '\n';
    paragraph(out, hook.hook->tells, style);
    if (missing) paragraph(out, "cannot tell these: " + hook.why, style);
  }
}

}  // namespace wgt::cli
