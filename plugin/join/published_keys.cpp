// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/published_keys.h"

#include "plugin/join/assign.h"

namespace wgt::join {
namespace {

// Numbers can be guessed: junk that carries a packet's key, and comes before it, must not make the
// packet itself look like a late second half.
bool vouched_for(const JoinedPath& path) {
  if (path.tx) return true;
  if (path.rx) return rank(path.rx->record) == RxRank::kAuthenticated;
  return path.verdict != event::VerdictId::OUTER_IN &&
         path.verdict != event::VerdictId::NETWORK_REJECTED;
}

}  // namespace

void PublishedKeys::remember(const event::PacketKey& key, const JoinedPath& path) {
  if (!vouched_for(path)) return;
  const auto [it, is_new] = entries_.try_emplace(key);
  if (!is_new) return;
  Entry& entry = it->second;
  entry.tx_missing = !path.tx;
  entry.rx_missing = !path.rx;
  if (path.tx) entry.receiver = peer_of(path.tx->record);
  if (!path.tx && path.rx) entry.receiver = receiver_of(*path.rx);
  oldest_first_.push_back(key);
  if (oldest_first_.size() <= capacity_) return;
  entries_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

bool PublishedKeys::missed(const event::PacketKey& key, const Observed& late) const {
  const auto it = entries_.find(key);
  if (it == entries_.end()) return false;
  const Entry& entry = it->second;
  const wg::PublicKey receiver = receiver_of(late);
  if (!wg::is_zero(receiver) && !wg::is_zero(entry.receiver) && receiver != entry.receiver)
    return false;
  switch (late.record.kind) {
    case WGT_TX:
      return entry.tx_missing;
    case WGT_RX:
      return entry.rx_missing && rank(late.record) != RxRank::kDuplicate;
    default:
      return true;
  }
}

wg::PublicKey PublishedKeys::receiver_of(const Observed& observed) const {
  const wgt_record& record = observed.record;
  if (record.kind == WGT_TX) return peer_of(record);
  if (record.kind == WGT_DROP && (event::verdict_of(record) == event::VerdictId::OUTER_OUT ||
                                  event::verdict_of(record) == event::VerdictId::NETWORK_REJECTED))
    return {};
  const wg::PublicKey* key = hosts_.device_key(observed.host, event::device_of(record));
  return key != nullptr ? *key : wg::PublicKey{};
}

}  // namespace wgt::join
