// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/gate.h"

#include <algorithm>

namespace wgt::session {
namespace {

constexpr unsigned kMaxWaiting = 32;
constexpr unsigned kMaxOfOne = 4;
constexpr std::size_t kMaxSeen = 1024;

// Whoever has one IPv6 address has a network of them.
IpAddress network_of(IpAddress address) {
  if (address.version == 6) std::fill(address.bytes.begin() + 8, address.bytes.end(), 0);
  return address;
}

}  // namespace

bool Gate::enter(const IpAddress& from) {
  if (all_waiting_ >= kMaxWaiting) return false;
  const auto at = waiting_.try_emplace(network_of(from)).first;
  if (at->second >= kMaxOfOne) return false;
  ++at->second;
  ++all_waiting_;
  return true;
}

void Gate::leave(const IpAddress& from) {
  const auto at = waiting_.find(network_of(from));
  if (at == waiting_.end()) return;
  --all_waiting_;
  if (--at->second == 0) waiting_.erase(at);
}

bool Gate::spend(std::uint64_t now_ns) {
  const std::uint64_t earned = now_ns > spent_at_ns_ ? now_ns - spent_at_ns_ : 0;
  tokens_ns_ = std::min(kMostTokensNs, tokens_ns_ + std::min(earned, kMostTokensNs));
  spent_at_ns_ = now_ns;
  if (tokens_ns_ < kTokenNs) return false;
  tokens_ns_ -= kTokenNs;
  return true;
}

bool Gate::is_new(const wg::PublicKey& ephemeral) {
  if (!seen_.insert(ephemeral).second) return false;
  oldest_first_.push_back(ephemeral);
  if (oldest_first_.size() > kMaxSeen) {
    seen_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return true;
}

}  // namespace wgt::session
