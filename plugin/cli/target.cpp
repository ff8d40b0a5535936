// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/target.h"

#include <algorithm>

#include "plugin/source/kernel/kernel_caps.h"
#include "plugin/source/kernel/tracer.h"
#include "wgtools/base/shell.h"

namespace wgt::cli {

std::string up_command(const Arguments& arguments, const std::string& interface) {
  const auto command = arguments.netns
                           ? shell_command("wg-trace -n {} up {}", {*arguments.netns, interface})
                           : shell_command("wg-trace up {}", {interface});
  return command.value_or("wg-trace up INTERFACE");
}

Result<Target> traced_target(const Arguments& arguments) {
  if (!arguments.all && arguments.words.empty())
    return usage_error("name an interface, or say --all");
  if (arguments.all && arguments.netns)
    return usage_error("--all means every namespace: leave out -n");
  WGT_TRY_VOID(kernel::may_trace());
  WGT_TRY(auto pins, kernel::PinDirectory::find());
  WGT_TRY(const auto traced, kernel::traced_devices(pins));
  Target target{std::move(pins), std::nullopt, 0};
  if (arguments.all) {
    if (traced.empty())
      return make_error(Errc::kNotFound, "nothing is traced; begin with: wg-trace up IFACE");
    return target;
  }
  const std::string& name = arguments.words[0];
  WGT_TRY(target.interface, app::find_interface(name, arguments.netns));
  target.words_used = 1;
  const event::DeviceKey& key = target.interface->key;
  const bool is_traced = std::any_of(traced.begin(), traced.end(),
                                     [&](const kernel::TracedDevice& d) { return d.key == key; });
  if (!is_traced)
    return make_error(Errc::kNotFound, target.interface->label + " is not traced; begin with: " +
                                           up_command(arguments, name));
  return target;
}

}  // namespace wgt::cli
