// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/published_paths.h"

#include <utility>

namespace wgt::join {
namespace {

// Its verdict follows from nothing more having been seen of it.
bool is_missing(const JoinedPath& path) {
  return path.tx && !path.rx &&
         (path.verdict == event::VerdictId::NETWORK_LOST ||
          path.verdict == event::VerdictId::UNKNOWN);
}

}  // namespace

void PublishedPaths::remember(const event::PacketKey& key, const JoinedPath& path) {
  const bool arrived = path.verdict == event::VerdictId::DELIVERED;
  if (!arrived && !is_missing(path)) return;
  Entries& entries = arrived ? arrived_ : missing_;
  entries.push_back({key, path});
  if (entries.size() > capacity_) entries.pop_front();
}

std::optional<JoinedPath> PublishedPaths::take(const event::PacketKey& key) {
  for (Entries* entries : {&missing_, &arrived_}) {
    auto& by_key = entries->get<1>();
    const auto found = by_key.find(key);
    if (found == by_key.end()) continue;
    std::optional<JoinedPath> path(found->path);
    by_key.erase(found);
    return path;
  }
  return std::nullopt;
}

void PublishedPaths::consider_for(FlowMatcher& number, std::size_t most) const {
  for (auto at = arrived_.rbegin(); at != arrived_.rend() && most > 0; ++at, --most)
    if (at->path.rx) number.consider(at->path.rx->host, at->path.rx->event);
}

}  // namespace wgt::join
