// SPDX-License-Identifier: GPL-2.0-only
// What is fixed about a verdict: its side and the step it belongs to. Names are declared with the
// model (path_view.h), words are in messages.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "plugin/explain/path_view.h"

namespace wgt::explain {

// Foreign numbers (a newer recording) are treated as WGT_V_UNKNOWN.
wgt_verdict known_verdict(unsigned number);

VerdictSide verdict_side(wgt_verdict verdict);

// The step where a packet with this verdict ended. nullopt: before the first one (inner_out), or
// not the verdict's to say (unknown).
std::optional<Stage> verdict_stage(wgt_verdict verdict);

// Whether the kernel's own stack dropped the packet, not WireGuard.
bool is_stack_drop(wgt_verdict verdict);

// What wgt_record.drop_reason says. nullopt: nothing. names: this kernel's enum skb_drop_reason.
std::optional<std::string> reason_name(wgt_verdict verdict, std::uint32_t reason,
                                       const std::map<std::uint32_t, std::string>& names);

// Whether the packet got where it was going; every other verdict but unknown is a loss.
bool is_success(wgt_verdict verdict);

}  // namespace wgt::explain
