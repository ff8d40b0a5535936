// SPDX-License-Identifier: GPL-2.0-only
// The kernel's own drop reasons in plain words. Their names alone mislead: IP_INADDRERRORS from
// ip_error, for example, means that forwarding is off.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plugin/explain/messages.h"

namespace wgt::explain {

struct DropReason {
  std::string words;             // "dropped by a firewall rule (netfilter)"
  std::optional<Advice> advice;  // nullopt: nothing can be advised
};

// As it is called in the source: the compiler's suffixes (.isra.0, .constprop.0, .part.0, .cold)
// are nobody's business.
std::string_view plain_function(std::string_view function);

// verdict: inner_out, outer_out, outer_in or inner_in; the same reason means different things
// there. name as in enum skb_drop_reason without its prefix, or an errno's; function may be empty.
// A name without a row is given as it is.
DropReason explain_drop(VerdictId verdict, std::string_view name, std::string_view function,
                        const Facts& facts, const Surroundings& around = {});

}  // namespace wgt::explain
