// SPDX-License-Identifier: GPL-2.0-only
#include <boost/json.hpp>
#include <iostream>

#include "plugin/cli/command.h"
#include "plugin/cli/hooks_text.h"
#include "plugin/cli/terminal.h"
#include "plugin/sink/json/json_values.h"
#include "plugin/source/kernel/kernel_caps.h"
#include "plugin/source/kernel/tracer.h"

namespace wgt::cli {

namespace {

boost::json::object to_json(const kernel::Attached& hook) {
  return {{"schema", sink::kSchema},
          {"kind", "hook"},
          {"program", std::string(hook.hook->program)},
          {"type", std::string(kernel::how_name(hook.hook->how))},
          {"symbol", std::string(hook.hook->symbol)},
          {"state", hook_state(hook)},
          {"why", hook.why.empty() ? boost::json::value(nullptr) : boost::json::value(hook.why)},
          {"tells", std::string(hook.hook->tells)}};
}

}  // namespace

Result<ExitCode> run_hooks(const Arguments& arguments) {
  if (!arguments.words.empty()) return usage_error("hooks takes no words");
  WGT_TRY_VOID(kernel::may_trace());
  WGT_TRY_VOID(kernel::can_trace());
  WGT_TRY(const auto pins, kernel::PinDirectory::find());
  WGT_TRY(const auto states, kernel::hook_states(pins));
  if (arguments.json)
    for (const kernel::Attached& hook : states) std::cout << sink::json_line(to_json(hook));
  else
    hooks_text(std::cout, states, text_style(arguments.color));
  return ExitCode::kDone;
}

}  // namespace wgt::cli
