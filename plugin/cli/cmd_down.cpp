// SPDX-License-Identifier: GPL-2.0-only

#include "plugin/cli/target.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/kernel_caps.h"
#include "plugin/source/kernel/tracer.h"

namespace wgt::cli {

Result<ExitCode> run_down(const Arguments& arguments) {
  if (arguments.all != arguments.words.empty() || arguments.words.size() > 1)
    return usage_error("name one interface, or say --all");
  WGT_TRY_VOID(kernel::may_trace());
  WGT_TRY(const auto pins, kernel::PinDirectory::find());
  const auto announce = [](const std::string& what) { sink::say("[#] " + what); };
  if (arguments.all) {
    WGT_TRY_VOID(kernel::down_all(pins, announce));
    return ExitCode::kDone;
  }
  WGT_TRY(const auto interface, app::find_interface(arguments.words[0], arguments.netns));
  WGT_TRY(const bool was_traced, kernel::down(pins, interface.key, announce));
  announce((was_traced ? "stop tracing " : "was not traced: ") + interface.label);
  return ExitCode::kDone;
}

}  // namespace wgt::cli
