// SPDX-License-Identifier: GPL-2.0-only
#include <iostream>

#include "plugin/app/watch.h"
#include "plugin/cli/format.h"
#include "plugin/cli/target.h"

namespace wgt::cli {

Result<ExitCode> run_watch(const Arguments& arguments) {
  // The filter first: a mistake in it needs no root to be told.
  const std::size_t first = arguments.all ? 0 : 1;
  WGT_TRY(auto filter, filter::PacketFilter::compile(filter_words(arguments, first)));
  WGT_TRY(const Target target, traced_target(arguments));
  app::LiveOptions options{std::nullopt, arguments.duration, arguments.handshakes};
  if (target.interface) options.device = target.interface->key;
  const app::PathChoice choice{std::move(filter), arguments.drops, arguments.count};
  const auto writer = make_writer(arguments, std::cout);
  WGT_TRY(const view::Summary summary,
          app::watch(target.pins, options, choice, *writer, std::cout));
  return summary.lost == 0 ? ExitCode::kDone : ExitCode::kLost;
}

}  // namespace wgt::cli
