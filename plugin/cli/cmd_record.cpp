// SPDX-License-Identifier: GPL-2.0-only
#include <iostream>

#include "plugin/app/record.h"
#include "plugin/cli/target.h"

namespace wgt::cli {

Result<ExitCode> run_record(const Arguments& arguments) {
  if (!arguments.output) return usage_error("name the file to write with -o FILE");
  const std::string expression = filter_words(arguments, arguments.all ? 0 : 1);
  WGT_TRY(const auto filter, filter::PacketFilter::compile(expression));
  WGT_TRY(const Target target, traced_target(arguments));
  app::RecordOptions options;
  options.live.duration = arguments.duration;
  options.live.stacks = arguments.stack;
  options.live.handshakes = true;
  if (target.interface) options.live.device = target.interface->key;
  options.file = *arguments.output;
  options.expression = expression;
  options.count = arguments.count;
  WGT_TRY(const app::RecordSummary summary, app::record(target.pins, options, filter));
  std::cerr << summary.records << " records in " << options.file << "; " << summary.filtered
            << " filtered; " << summary.lost << " lost";
  for (const auto& [cause, count] : summary.lost_by_cause)
    if (count != 0) std::cerr << " (" << cause << " " << count << ")";
  std::cerr << "\n";
  return summary.lost == 0 ? ExitCode::kDone : ExitCode::kLost;
}

}  // namespace wgt::cli
