// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/path_time.h"

namespace wgt::sink {
namespace {

std::optional<std::int64_t> side_ns(const std::optional<explain::Side>& side) {
  if (!side || side->hops.empty()) return std::nullopt;
  return static_cast<std::int64_t>(side->hops.back().ns);
}

}  // namespace

std::optional<std::int64_t> total_ns(const explain::PathView& path) {
  const auto tx = side_ns(path.tx);
  const auto rx = side_ns(path.rx);
  if (!tx || !rx) return tx ? tx : rx;
  if (!path.network) return std::nullopt;
  return *tx + path.network->ns + *rx;
}

std::int64_t start_wall_ns(const explain::PathView& path) {
  if (path.tx && path.tx->t0_wall_ns != 0) return path.tx->t0_wall_ns;
  return path.rx ? path.rx->t0_wall_ns : 0;
}

}  // namespace wgt::sink
