// SPDX-License-Identifier: GPL-2.0-only
// What is attached where, for people: at most 80 columns.
#pragma once

#include <ostream>
#include <span>

#include "plugin/sink/text/text_line.h"
#include "plugin/source/kernel/bpf_object.h"

namespace wgt::cli {

// "attached", "missing", "when watched" or "ready": also in JSON.
const char* hook_state(const kernel::Attached& hook);

void hooks_text(std::ostream& out, std::span<const kernel::Attached> hooks,
                const sink::TextStyle& style);

}  // namespace wgt::cli
