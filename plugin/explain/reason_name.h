// SPDX-License-Identifier: GPL-2.0-only
// The names of reasons, as users and scripts know them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "plugin/event/verdict.h"

namespace wgt::explain {

// What a verdict's reason says: of a drop by the kernel's stack the kernel's name, of an ICMP
// error what it is, else a cause of WireGuard's. nullopt: nothing. names: this kernel's enum
// skb_drop_reason.
std::optional<std::string> reason_name(event::VerdictId verdict, std::uint32_t reason,
                                       const std::map<std::uint32_t, std::string>& names);

}  // namespace wgt::explain
