// SPDX-License-Identifier: GPL-2.0-only
#include <iostream>

#include "plugin/app/check.h"
#include "plugin/cli/command.h"
#include "plugin/cli/terminal.h"
#include "plugin/sink/json/health_json.h"
#include "plugin/sink/text/health_text.h"

namespace wgt::cli {

Result<ExitCode> run_check(const Arguments& arguments) {
  if (arguments.words.empty() || arguments.words.size() > 2)
    return usage_error("name one interface, and perhaps one address");
  std::optional<IpAddress> destination;
  if (arguments.words.size() == 2) {
    WGT_TRY(destination, parse_ip(arguments.words[1]));
  }
  WGT_TRY(const auto interface, app::find_interface(arguments.words[0], arguments.netns));
  WGT_TRY(const health::CheckReport report, app::check(interface, destination));
  sink::TextStyle style;
  style.color = want_color(arguments.color);
  style.utf8 = locale_is_utf8();
  if (arguments.json)
    sink::check_json(std::cout, report);
  else
    sink::check_text(std::cout, report, style);
  switch (health::worst(report)) {
    case health::Severity::kError:
      return ExitCode::kFault;
    case health::Severity::kWarning:
      return ExitCode::kWarning;
    case health::Severity::kInfo:
      break;
  }
  return ExitCode::kDone;
}

}  // namespace wgt::cli
