// SPDX-License-Identifier: GPL-2.0-only
#include <iostream>

#include "plugin/app/show.h"
#include "plugin/cli/target.h"
#include "plugin/cli/terminal.h"
#include "plugin/sink/json/json_values.h"
#include "plugin/sink/json/show_json.h"
#include "plugin/sink/text/say.h"
#include "plugin/sink/text/show_dump.h"
#include "plugin/sink/text/show_text.h"
#include "plugin/source/kernel/kernel_caps.h"

namespace wgt::cli {

namespace {

void print_json(const app::Shown& shown) {
  for (const explain::InterfaceView& interface : shown.interfaces)
    std::cout << sink::json_line(sink::to_json(interface));
}

void print_text(const app::Shown& shown, const sink::TextStyle& style) {
  bool first = true;
  for (const explain::InterfaceView& interface : shown.interfaces) {
    if (!first) std::cout << "\n";
    first = false;
    sink::show_text(std::cout, interface, style);
  }
  sink::show_losses_text(std::cout, shown.lost, style);
}

}  // namespace

Result<ExitCode> run_show(const Arguments& arguments) {
  const bool dump = arguments.words.size() == 2 && arguments.words[1] == "dump";
  if (arguments.words.size() > 1 && !dump)
    return usage_error("name one interface, or none for all");
  if (arguments.words.empty() && arguments.netns)
    return usage_error("-n is about one interface: name it");
  app::Shown shown;
  if (arguments.words.empty()) {
    WGT_TRY_VOID(kernel::may_trace());
    WGT_TRY(const auto pins, kernel::PinDirectory::find());
    WGT_TRY(shown, app::show(pins, std::nullopt));
    if (shown.interfaces.empty() && shown.left_out.empty())
      sink::say("nothing is traced; begin with: wg-trace up IFACE");
  } else {
    WGT_TRY(const Target target, traced_target(arguments));
    WGT_TRY(shown, app::show(target.pins, target.interface->key));
  }
  for (const auto* notes : {&shown.forgotten, &shown.left_out})
    for (const std::string& why : *notes) sink::say("wg-trace: " + why);
  if (dump)
    for (const explain::InterfaceView& interface : shown.interfaces)
      sink::show_dump(std::cout, interface);
  else
    arguments.json ? print_json(shown) : print_text(shown, text_style(arguments.color));
  if (!shown.left_out.empty()) return ExitCode::kFailed;
  // Of what the kernel side lost, only uncounted drops are missing here.
  const auto uncounted = shown.lost.find("drops");
  return uncounted == shown.lost.end() || uncounted->second == 0 ? ExitCode::kDone
                                                                 : ExitCode::kLost;
}

}  // namespace wgt::cli
