// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <iostream>

#include "plugin/app/health.h"
#include "plugin/cli/target.h"
#include "plugin/cli/terminal.h"
#include "plugin/sink/json/health_json.h"
#include "plugin/sink/text/health_text.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/kernel_caps.h"

namespace wgt::cli {

namespace {

Result<app::Health> ask(const Arguments& arguments) {
  const std::chrono::nanoseconds window = arguments.since.value_or(app::kHealthWindow);
  if (!arguments.words.empty()) {
    WGT_TRY(const Target target, traced_target(arguments));
    return app::health(target.pins, target.interface->key, window);
  }
  WGT_TRY_VOID(kernel::may_trace());
  WGT_TRY(const auto pins, kernel::PinDirectory::find());
  WGT_TRY(auto health, app::health(pins, std::nullopt, window));
  if (health.interfaces.empty() && health.left_out.empty())
    return make_error(Errc::kNotFound, "nothing is traced; begin with: wg-trace up IFACE");
  return health;
}

ExitCode exit_code(const app::Health& health) {
  auto worst = health::Severity::kInfo;
  for (const health::InterfaceReport& report : health.interfaces)
    worst = std::max(worst, health::worst(report));
  if (worst == health::Severity::kError) return ExitCode::kFault;
  if (!health.left_out.empty()) return ExitCode::kCannotTell;
  return worst == health::Severity::kWarning ? ExitCode::kWarning : ExitCode::kDone;
}

}  // namespace

Result<ExitCode> run_health(const Arguments& arguments) {
  if (arguments.words.size() > 1) return usage_error("name one interface, or none for all");
  if (arguments.words.empty() && arguments.netns)
    return usage_error("-n is about one interface: name it");
  WGT_TRY(const app::Health health, ask(arguments));
  for (const std::string& why : health.left_out) sink::say("wg-trace: " + why);
  sink::TextStyle style;
  style.color = want_color(arguments.color);
  style.utf8 = locale_is_utf8();
  for (const health::InterfaceReport& report : health.interfaces) {
    if (arguments.json) {
      sink::health_json(std::cout, report);
      continue;
    }
    if (&report != &health.interfaces.front()) std::cout << "\n";
    sink::health_text(std::cout, report, style);
  }
  return exit_code(health);
}

}  // namespace wgt::cli
