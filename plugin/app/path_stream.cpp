// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/path_stream.h"

#include "plugin/decode/hops.h"

namespace wgt::app {

namespace {

const wgt_tuple& inner_of(const join::JoinedPath& joined) {
  static const wgt_tuple kUnknown{};
  for (const auto* side : {&joined.tx, &joined.rx, &joined.drop})
    if (*side && (*side)->record.inner.version != 0 && decode::is_about_inner((*side)->record))
      return (*side)->record.inner;
  return kUnknown;
}

// Not a drop: it arrived, it had nothing to deliver, or nobody looked where it went.
bool is_drop(const join::JoinedPath& joined) {
  return joined.verdict != WGT_V_DELIVERED && joined.verdict != WGT_V_KEEPALIVE &&
         joined.basis != join::Basis::kReceiverNotWatched;
}

}  // namespace

bool PathStream::wanted(const join::JoinedPath& joined) const {
  if (choice_.drops_only && !is_drop(joined)) return false;
  return choice_.filter.matches(inner_of(joined));
}

void PathStream::path(const join::JoinedPath& joined, std::span<const decode::HostInfo> hosts) {
  if (enough()) return;
  if (!wanted(joined)) {
    summary_.filtered++;
    return;
  }
  const view::PathView path = view::build_path_view(joined, hosts, device_of_);
  summary_.paths++;
  summary_.by_verdict[view::verdict_id(path.verdict.id)]++;
  writer_.path(path);
}

const view::Summary& PathStream::finish(std::uint64_t lost, bool cut) {
  summary_.lost = lost;
  summary_.cut = cut;
  writer_.summary(summary_);
  return summary_;
}

}  // namespace wgt::app
