// SPDX-License-Identifier: GPL-2.0-only
// Where the paths of a command go: the sink that --format, --json, -v and --color ask for, on the
// standard output or in the file of -o.
#pragma once

#include <memory>
#include <optional>
#include <ostream>

#include "plugin/cli/arguments.h"
#include "plugin/cli/standard_output.h"
#include "plugin/sink/sink.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::cli {

class FormattedOutput {
 public:
  // standard: what standard output is written by, descriptor 1. Errors: a file that can't be
  // written; a terminal that would get what is not for it.
  static Result<std::unique_ptr<FormattedOutput>> open(const Arguments& arguments,
                                                       std::ostream& standard);

  sink::Sink& sink() { return *sink_; }
  // Writes what is left. An error: not all that was printed arrived.
  Result<void> finish();

 private:
  FormattedOutput() = default;

  UniqueFd fd_;  // of the file, if there is one
  std::ostream stream_{nullptr};
  std::optional<StandardOutput> file_;
  std::unique_ptr<sink::Sink> sink_;
};

}  // namespace wgt::cli
