// SPDX-License-Identifier: GPL-2.0-only
// What the commands that look at traced interfaces begin with: IFACE or --all,
// checked, and where the pins are.
#pragma once

#include <optional>

#include "plugin/app/interface.h"
#include "plugin/cli/command.h"
#include "plugin/source/kernel/bpffs.h"

namespace wgt::cli {

struct Target {
  kernel::PinDirectory pins;
  std::optional<app::Interface> interface;  // nullopt: --all
  std::size_t words_used = 0;               // of Arguments::words; the rest is FILTER
};

// Errors: nothing named, both named, no such interface, not traced (and how to trace it).
Result<Target> traced_target(const Arguments& arguments);

// "wg-trace up wg0", with -n when it is needed.
std::string up_command(const Arguments& arguments, const std::string& interface);

}  // namespace wgt::cli
