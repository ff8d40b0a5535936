// SPDX-License-Identifier: GPL-2.0-only
// A step of a handshake as a line, beside paths: when (UTC), where, what.
#pragma once

#include <string>

#include "plugin/output/text_line.h"
#include "plugin/view/handshake_view.h"

namespace wgt::output {

std::string handshake_text(const view::HandshakeView& handshake, const TextStyle& style);

}  // namespace wgt::output
