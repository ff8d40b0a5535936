// SPDX-License-Identifier: GPL-2.0-only

#include "plugin/app/record.h"
#include "plugin/cli/target.h"
#include "plugin/sink/text/say.h"

namespace wgt::cli {

Result<ExitCode> run_record(const Arguments& arguments) {
  if (!arguments.output) return usage_error("name the file to write with -o FILE");
  const std::string expression = filter_words(arguments, arguments.all ? 0 : 1);
  WGT_TRY(const auto filter, filter::PacketFilter::compile(expression));
  WGT_TRY(const Target target, traced_target(arguments));
  app::RecordOptions options;
  options.live.duration = arguments.duration;
  options.live.wanted.stacks = arguments.stack;
  options.live.wanted.handshakes = true;
  if (target.interface) options.live.wanted.device = target.interface->key;
  options.file = *arguments.output;
  options.expression = expression;
  options.count = arguments.count;
  WGT_TRY(const app::RecordSummary summary, app::record(target.pins, options, filter));
  std::string line = std::to_string(summary.records) + " records in " + options.file + "; " +
                     std::to_string(summary.filtered) + " filtered; " +
                     std::to_string(summary.lost) + " lost";
  for (const auto& [cause, count] : summary.lost_by_cause)
    if (count != 0) line += " (" + cause + " " + std::to_string(count) + ")";
  sink::say(line);
  return summary.lost == 0 && !summary.taken_down ? ExitCode::kDone : ExitCode::kLost;
}

}  // namespace wgt::cli
