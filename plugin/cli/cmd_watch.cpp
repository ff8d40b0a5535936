// SPDX-License-Identifier: GPL-2.0-only
#include <iostream>

#include "plugin/app/watch.h"
#include "plugin/cli/format.h"
#include "plugin/cli/target.h"
#include "plugin/source/peer/frames.h"

namespace wgt::cli {

namespace {

Result<app::PairOptions> pair_options(const Arguments& arguments,
                                      const filter::PacketFilter& filter) {
  if (arguments.all) return usage_error("--pair is about one interface: leave out --all");
  if (arguments.words.empty()) return usage_error("name an interface");
  app::PairOptions pair;
  WGT_TRY(pair.target, session::parse_target(*arguments.pair, arguments.words[0]));
  if (arguments.peer) {
    auto key = wg::parse_public_key(*arguments.peer);
    if (!key) return with_context(key.error(), "--peer");
    pair.peer = *key;
  }
  pair.sample = static_cast<std::uint32_t>(arguments.sample.value_or(1));
  pair.expression = filter_words(arguments, 1);
  const auto instructions = filter.instructions();
  if (instructions.size() > session::kMaxInstructions ||
      !filter::PacketFilter::from_instructions(instructions))
    return usage_error(
        "--pair: the filter is too long or loops (protochain): the other end "
        "would refuse it");
  return pair;
}

}  // namespace

Result<ExitCode> run_watch(const Arguments& arguments) {
  // The filter first: a mistake in it needs no root to be told.
  const std::size_t first = arguments.all ? 0 : 1;
  WGT_TRY(auto filter, filter::PacketFilter::compile(filter_words(arguments, first)));
  std::optional<app::PairOptions> pair;
  if (arguments.pair) {
    WGT_TRY(pair, pair_options(arguments, filter));
  } else if (arguments.peer) {
    return usage_error("--peer belongs to --pair");
  }
  WGT_TRY(const Target target, traced_target(arguments));
  WGT_TRY(const auto output, FormattedOutput::open(arguments, std::cout));
  app::LiveOptions options{{std::nullopt, arguments.stack, arguments.handshakes},
                           arguments.duration};
  if (target.interface) options.wanted.device = target.interface->key;
  if (!pair) options.wanted.sample = static_cast<std::uint32_t>(arguments.sample.value_or(1));
  const app::PathChoice choice{std::move(filter), arguments.drops, arguments.count};
  WGT_TRY(const explain::Summary summary,
          pair ? app::watch_paired(target.pins, *target.interface, options, choice, *pair,
                                   output->sink())
               : app::watch(target.pins, options, choice, output->sink()));
  WGT_TRY_VOID(output->finish());
  return summary.lost == 0 && !summary.taken_down ? ExitCode::kDone : ExitCode::kLost;
}

}  // namespace wgt::cli
