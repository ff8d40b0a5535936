// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/path_stream.h"

namespace wgt::app {

namespace {

// Not a drop: it arrived, it had nothing to deliver, or nobody looked where it went.
bool is_drop(const join::JoinedPath& joined) {
  return joined.verdict != event::VerdictId::DELIVERED &&
         joined.verdict != event::VerdictId::KEEPALIVE &&
         joined.basis != join::Basis::kReceiverNotWatched;
}

}  // namespace

bool PathStream::wanted(const join::JoinedPath& joined) const {
  if (choice_.drops_only && !is_drop(joined)) return false;
  return join::was_matched(joined) || choice_.filter.matches(join::inner_of(joined));
}

bool PathStream::path(const join::JoinedPath& joined, std::span<const event::HostInfo> hosts) {
  const bool shown_before = joined.amends && joined.amends->shown;
  if (enough()) return shown_before;
  // Who was told that it was dropped is told that it was not.
  if (!shown_before && !wanted(joined)) {
    if (!joined.amends) summary_.filtered++;
    return false;
  }
  explain::PathView path = explain::build_path_view(joined, hosts, device_of_);
  if (shown_before) {
    summary_.amended++;
    take_back(*joined.amends);
  } else {
    summary_.paths++;
    if (joined.amends) summary_.filtered--;
    path.amends.reset();
  }
  summary_.by_verdict[event::verdict_id(path.verdict.id)]++;
  writer_.path(path);
  return true;
}

void PathStream::take_back(join::Ending ending) {
  const auto counted = summary_.by_verdict.find(event::verdict_id(ending.verdict));
  if (--counted->second == 0) summary_.by_verdict.erase(counted);
}

Result<explain::Summary> PathStream::finish(std::uint64_t lost, bool cut,
                                            const source::LeftOut& left_out) {
  summary_.lost = lost;
  summary_.filtered += left_out.filtered;
  summary_.sampled = left_out.sampled;
  summary_.cut = cut;
  writer_.summary(summary_);
  writer_.flush();
  if (writer_.room() == sink::Room::kClosed)
    return make_error(Errc::kSystem, "write the paths: the output is closed or full");
  return summary_;
}

}  // namespace wgt::app
