// SPDX-License-Identifier: GPL-2.0-only
// One of so many packets: by their numbers, so that both hosts choose the same.
#pragma once

#include <cstdint>
#include <optional>

#include "plugin/event/packet_key.h"

namespace wgt::filter {

// sample: one of so many, at least 1. What has no number is always in it.
inline bool in_sample(const std::optional<event::PacketKey>& key, std::uint32_t sample) {
  return !key || key->counter % sample == 0;
}

}  // namespace wgt::filter
