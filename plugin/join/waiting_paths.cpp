// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/waiting_paths.h"

namespace wgt::join {
namespace {

bool waits(const event::Sent& tx) { return event::is_pending(tx.verdict); }

}  // namespace

std::optional<Entry> entry_of(HostId host, const event::Sent& tx) {
  const std::uint64_t entered = tx.hop_ns[event::Sent::kWgXmit];
  if (entered == 0) return std::nullopt;
  return Entry{entered, host, tx.device, tx.gso_segment};
}

void WaitingPaths::remember(const JoinedPath& path) {
  if (!path.tx || !waits(path.tx->event)) return;
  const auto entry = entry_of(path.tx->host, path.tx->event);
  if (!entry) return;
  paths_.insert_or_assign(*entry, Ending{path.verdict, path.basis, path.shown});
  if (paths_.size() > capacity_) paths_.erase(paths_.begin());
}

std::optional<Ending> WaitingPaths::take(const JoinedPath& path) {
  if (paths_.empty() || !path.tx) return std::nullopt;
  const auto entry = entry_of(path.tx->host, path.tx->event);
  const auto found = entry ? paths_.find(*entry) : paths_.end();
  if (found == paths_.end()) return std::nullopt;
  const Ending ending = found->second;
  paths_.erase(found);
  return ending;
}

std::set<const Observed*> ended_waits(std::span<const Observed* const> events) {
  std::multimap<Entry, const Observed*> waiting;
  std::set<const Observed*> ended;
  for (const Observed* observed : events)
    if (const auto* tx = std::get_if<event::Sent>(&observed->event); tx != nullptr && waits(*tx))
      if (const auto entry = entry_of(observed->host, *tx)) waiting.emplace(*entry, observed);
  if (waiting.empty()) return ended;
  for (const Observed* observed : events) {
    const auto* tx = std::get_if<event::Sent>(&observed->event);
    if (tx == nullptr || waits(*tx)) continue;
    const auto entry = entry_of(observed->host, *tx);
    if (!entry) continue;
    const auto [begin, end] = waiting.equal_range(*entry);
    for (auto at = begin; at != end; ++at) ended.insert(at->second);
  }
  return ended;
}

}  // namespace wgt::join
