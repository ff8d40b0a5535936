// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/reason_name.h"

#include "plugin/event/from_abi.h"
#include "plugin/explain/rejection.h"

namespace wgt::explain {

std::optional<std::string> reason_name(event::VerdictId verdict, std::uint32_t reason,
                                       const std::map<std::uint32_t, std::string>& names) {
  if (reason == 0) return std::nullopt;
  if (event::is_stack_drop(verdict)) {
    const auto found = names.find(reason);
    return found != names.end() ? found->second : "drop reason " + std::to_string(reason);
  }
  if (verdict == event::VerdictId::NETWORK_REJECTED)
    return rejection_name(event::icmp_error(reason));
  const char* cause = event::cause_name(reason);
  return cause != nullptr ? cause : "cause " + std::to_string(reason);
}

}  // namespace wgt::explain
