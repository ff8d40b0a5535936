// SPDX-License-Identifier: GPL-2.0-only
// Causes of missing events: bpf/abi/losses.def as a table.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace wgt::event {

enum class LossKind : std::uint8_t {
  kRecord,  // an event is missing
  kCount,   // only a number that show has
};

// The rows that all consumers of a host have in common, by id. counts: of map wgt_losses, in the
// table's order, at least one a row. kRecord: without those that no event is missing for; kCount:
// all of them.
std::map<std::string, std::uint64_t> shared_losses(std::span<const std::uint64_t> counts,
                                                   LossKind kind);

// What a consumer missed because its own ring was full.
extern const char* const kRingLoss;

// What stood in a part of a recording that is damaged.
extern const char* const kDamageLoss;

// Whether a consumer misses alone what was lost by this cause. A cause that is not known may be
// anybody's: no.
bool is_own_loss(std::string_view id);

}  // namespace wgt::event
