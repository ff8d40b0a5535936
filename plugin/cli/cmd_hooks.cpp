// SPDX-License-Identifier: GPL-2.0-only
#include <boost/json.hpp>
#include <iomanip>
#include <iostream>

#include "plugin/cli/command.h"
#include "plugin/cli/terminal.h"
#include "plugin/source/kernel/kernel_caps.h"
#include "plugin/source/kernel/tracer.h"

namespace wgt::cli {

namespace {

const char* state_of(const kernel::Attached& hook) {
  if (hook.ok) return "attached";
  if (!hook.why.empty()) return "missing";
  return hook.hook->when == kernel::When::kWatched ? "when watched" : "ready";
}

void print_json(const kernel::Attached& hook) {
  const boost::json::object line{
      {"schema", 1},
      {"kind", "hook"},
      {"program", std::string(hook.hook->program)},
      {"type", std::string(kernel::how_name(hook.hook->how))},
      {"symbol", std::string(hook.hook->symbol)},
      {"state", state_of(hook)},
      {"why", hook.why.empty() ? boost::json::value(nullptr) : boost::json::value(hook.why)},
      {"tells", std::string(hook.hook->tells)}};
  std::cout << line << "\n";
}

void print_text(const kernel::Attached& hook, bool color) {
  const bool missing = !hook.ok && !hook.why.empty();
  std::cout << std::left << std::setw(8) << kernel::how_name(hook.hook->how) << std::setw(32)
            << hook.hook->symbol << (color && missing ? "\033[31m" : "") << state_of(hook)
            << (color && missing ? "\033[0m" : "") << "\n        " << hook.hook->tells << "\n";
  if (missing) std::cout << "        cannot tell these: " << hook.why << "\n";
}

}  // namespace

Result<ExitCode> run_hooks(const Arguments& arguments) {
  if (!arguments.words.empty()) return usage_error("hooks takes no words");
  WGT_TRY_VOID(kernel::may_trace());
  WGT_TRY_VOID(kernel::can_trace());
  WGT_TRY(const auto pins, kernel::PinDirectory::find());
  WGT_TRY(const auto states, kernel::hook_states(pins));
  const bool color = want_color(arguments.color);
  for (const kernel::Attached& hook : states)
    arguments.json ? print_json(hook) : print_text(hook, color);
  return ExitCode::kDone;
}

}  // namespace wgt::cli
