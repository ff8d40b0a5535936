// SPDX-License-Identifier: GPL-2.0-only
// A command: one row of the table in commands.cpp, one file cmd_NAME.cpp.
#pragma once

#include <span>
#include <string_view>

#include "plugin/cli/arguments.h"
#include "plugin/cli/exit_code.h"
#include "wgtools/base/result.h"

namespace wgt::cli {

// Prints its results; returns errors instead of printing them.
using Run = Result<ExitCode> (*)(const Arguments&);

struct Command {
  std::string_view name;
  std::string_view usage;    // what follows the name
  std::string_view summary;  // one line
  std::string_view details;  // what --help teaches, with examples
  unsigned options;          // Option bits
  Run run;
};

std::span<const Command> commands();
const Command* find_command(std::string_view name);  // null: there is none

Result<ExitCode> run_check(const Arguments& arguments);
Result<ExitCode> run_down(const Arguments& arguments);
Result<ExitCode> run_export(const Arguments& arguments);
Result<ExitCode> run_health(const Arguments& arguments);
Result<ExitCode> run_hooks(const Arguments& arguments);
Result<ExitCode> run_join(const Arguments& arguments);
Result<ExitCode> run_listen(const Arguments& arguments);
Result<ExitCode> run_ping(const Arguments& arguments);
Result<ExitCode> run_record(const Arguments& arguments);
Result<ExitCode> run_show(const Arguments& arguments);
Result<ExitCode> run_up(const Arguments& arguments);
Result<ExitCode> run_watch(const Arguments& arguments);
Result<ExitCode> run_why(const Arguments& arguments);

// What the commands' own checks of their words have in common.
inline Error usage_error(std::string_view text) {
  return make_error(Errc::kInvalid, std::string(text));
}

}  // namespace wgt::cli
