// SPDX-License-Identifier: GPL-2.0-only
// One of so many packets: by their names, so that both hosts choose the same.
#pragma once

#include <cstdint>
#include <optional>

#include "bpf/abi/filter.h"
#include "plugin/event/event.h"
#include "plugin/event/packet_key.h"

namespace wgt::filter {

// sample: one of so many, at least 1. What has no number is always in it. The kernel side chooses
// in the same way.
inline bool in_sample(const std::optional<event::PacketKey>& key, std::uint32_t sample) {
  return !key || sample < 2 || wgt_sample_number(key->receiver_index, key->counter) % sample == 0;
}

// The same of an event: what failed is in every sample.
inline bool in_sample(const event::Event& event, std::uint32_t sample) {
  return event::is_failure(event) || in_sample(event::key_of(event), sample);
}

}  // namespace wgt::filter
