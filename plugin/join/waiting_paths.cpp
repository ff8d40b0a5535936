// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/waiting_paths.h"

namespace wgt::join {
namespace {

bool waits(const event::Sent& tx) { return event::is_pending(tx.verdict); }

// Of what died there is no time; what left waited for a second, or nothing was said of it.
constexpr std::uint64_t kShortestWaitNs = 500'000'000;
bool may_have_waited(const event::Sent& tx) {
  return tx.verdict != event::VerdictId::UNKNOWN ||
         event::last_hop_ns(tx) - tx.hop_ns[event::Sent::kWgXmit] >= kShortestWaitNs;
}

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

bool HeldWaits::take(const Observed& observed) {
  const auto* tx = std::get_if<event::Sent>(&observed.event);
  if (tx == nullptr) return false;
  const auto entry = entry_of(observed.host, *tx);
  if (!entry) return false;
  if (waits(*tx)) {
    if (!ended_.contains(*entry)) held_.insert_or_assign(*entry, observed);
    return true;
  }
  if (!held_.empty()) held_.erase(*entry);
  if (!may_have_waited(*tx)) return false;
  if (ended_.insert(*entry).second) ended_in_order_.push_back(*entry);
  if (ended_in_order_.size() > capacity_) {
    ended_.erase(ended_in_order_.front());
    ended_in_order_.pop_front();
  }
  return false;
}

std::vector<Observed> HeldWaits::release(std::size_t most) {
  std::vector<Observed> out;
  for (; held_.size() > most; held_.erase(held_.begin())) out.push_back(held_.begin()->second);
  return out;
}

}  // namespace wgt::join
