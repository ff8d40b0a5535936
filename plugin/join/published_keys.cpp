// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/published_keys.h"

#include "plugin/join/assign.h"

namespace wgt::join {
namespace {

// Numbers can be guessed: junk that carries a packet's key, and comes before it, must not make the
// packet itself look like a late second half.
bool vouched_for(const JoinedPath& path) {
  if (path.tx) return true;
  if (path.rx) return rank(path.rx->event) == RxRank::kAuthenticated;
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
  if (path.tx)
    entry.receiver = path.tx->event.peer;
  else if (path.rx)
    entry.receiver = device_key(path.rx->host, path.rx->event.device);
  oldest_first_.push_back(key);
  if (oldest_first_.size() <= capacity_) return;
  entries_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

bool PublishedKeys::missed(const event::PacketKey& key, const Observed& late) const {
  const auto it = entries_.find(key);
  if (it == entries_.end()) return false;
  const Entry& entry = it->second;
  const auto receiver = receiver_of(late);
  if (receiver && entry.receiver && receiver != entry.receiver) return false;
  if (std::holds_alternative<event::Sent>(late.event)) return entry.tx_missing;
  if (const auto* rx = std::get_if<event::Received>(&late.event))
    return entry.rx_missing && rank(*rx) != RxRank::kDuplicate;
  return true;
}

std::optional<wg::PublicKey> PublishedKeys::receiver_of(const Observed& observed) const {
  const event::VerdictId verdict = event::verdict_of(observed.event);
  if (std::holds_alternative<event::Sent>(observed.event)) return event::peer_of(observed.event);
  if (event::is_drop(observed.event) &&
      (verdict == event::VerdictId::OUTER_OUT || verdict == event::VerdictId::NETWORK_REJECTED))
    return std::nullopt;
  return device_key(observed.host, event::device_of(observed.event));
}

std::optional<wg::PublicKey> PublishedKeys::device_key(HostId host,
                                                       const event::DeviceKey& device) const {
  const wg::PublicKey* key = hosts_.device_key(host, device);
  return key != nullptr ? std::optional(*key) : std::nullopt;
}

}  // namespace wgt::join
