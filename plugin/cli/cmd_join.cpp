// SPDX-License-Identifier: GPL-2.0-only
#include <iostream>

#include "plugin/app/join_files.h"
#include "plugin/cli/command.h"
#include "plugin/cli/format.h"

namespace wgt::cli {

Result<ExitCode> run_join(const Arguments& arguments) {
  if (arguments.words.empty()) return usage_error("name the recordings to join");
  WGT_TRY(auto everything, filter::PacketFilter::compile(""));
  const app::PathChoice choice{std::move(everything), arguments.drops, arguments.count};
  WGT_TRY(const auto output, FormattedOutput::open(arguments, std::cout));
  WGT_TRY(const explain::Summary summary,
          app::join_files(arguments.words, choice, arguments.handshakes, output->sink()));
  WGT_TRY_VOID(output->finish());
  if (summary.damaged) return ExitCode::kFailed;
  return summary.lost == 0 && !summary.cut ? ExitCode::kDone : ExitCode::kLost;
}

}  // namespace wgt::cli
