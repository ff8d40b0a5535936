// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/command.h"

namespace wgt::cli {

Result<ExitCode> run_show(const Arguments&) {
  return make_error(Errc::kUnsupported, "show: not there yet");
}

}  // namespace wgt::cli
