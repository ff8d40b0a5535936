// SPDX-License-Identifier: GPL-2.0-only
// What happened and what to do about it, in operators' words, for every verdict.
#pragma once

#include <optional>
#include <string>

#include "plugin/explain/harm.h"
#include "plugin/explain/path_view.h"
#include "plugin/explain/text_template.h"

namespace wgt::explain {

struct Advice {
  std::string text;                    // without the command
  std::optional<std::string> command;  // to be run on the side that the verdict is about
};

// One sentence without a full stop, never empty.
std::string message_for(VerdictId verdict, const Facts& facts);

// nullopt: nothing can or needs to be done. Of verdicts whose reason is the kernel's own, the
// advice is in drop_reason.h.
// Never what would do harm (harm.h).
std::optional<Advice> advice_for(VerdictId verdict, Facts facts, const Surroundings& around = {});

}  // namespace wgt::explain
