// SPDX-License-Identifier: GPL-2.0-only
// A step of a handshake as a line, beside paths: when (UTC), where, what.
#pragma once

#include <string>

#include "plugin/explain/handshake_view.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

std::string handshake_text(const explain::HandshakeView& handshake, const TextStyle& style);

}  // namespace wgt::sink
