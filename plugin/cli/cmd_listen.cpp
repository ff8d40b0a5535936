// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/listen.h"
#include "plugin/cli/target.h"

namespace wgt::cli {

Result<ExitCode> run_listen(const Arguments& arguments) {
  if (arguments.words.size() != 1) return usage_error("name one interface");
  if (arguments.stdio && arguments.bind) return usage_error("--stdio has no address to --bind");
  app::ListenOptions options;
  if (arguments.bind) {
    auto bind = session::parse_host_port(*arguments.bind);
    if (!bind) return with_context(bind.error(), "--bind");
    options.bind = *std::move(bind);
  }
  options.stdio = arguments.stdio;
  options.duration = arguments.duration;
  WGT_TRY(const Target target, traced_target(arguments));
  WGT_TRY_VOID(app::listen(target.pins, *target.interface, options));
  return ExitCode::kDone;
}

}  // namespace wgt::cli
