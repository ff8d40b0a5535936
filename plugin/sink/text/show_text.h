// SPDX-License-Identifier: GPL-2.0-only
// What `show` prints for people: the look, the words and the colours of `wg show`, with what we
// counted below each peer.
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>

#include "plugin/explain/interface_view.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

void show_text(std::ostream& out, const explain::InterfaceView& interface, const TextStyle& style);

// Nothing when nothing is lost. Losses are not any one interface's: said once, at the end.
void show_losses_text(std::ostream& out, const std::map<std::string, std::uint64_t>& lost,
                      const TextStyle& style);

}  // namespace wgt::sink
