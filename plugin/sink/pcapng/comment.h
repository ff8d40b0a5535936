// SPDX-License-Identifier: GPL-2.0-only
// The one comment of a packet: what became of it, and when it was where. One line: readers that
// join the fields of a packet with commas or tabs find it whole.
#pragma once

#include <string>

#include "plugin/explain/handshake_view.h"
#include "plugin/explain/path_view.h"

namespace wgt::sink::pcapng {

// is_end: the packet was not seen further on than here. A drop is marked "DROPPED" there and
// "dropped later" where it was seen before.
std::string comment_of(const explain::PathView& path, bool is_end);

std::string comment_of(const explain::HandshakeView& handshake);

}  // namespace wgt::sink::pcapng
