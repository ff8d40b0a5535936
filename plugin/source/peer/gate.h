// SPDX-License-Identifier: GPL-2.0-only
// Keeps unknown senders cheap (wire.md, "Limits"): who may begin a handshake, and which openings
// were seen before. Pure; bounded memory; time comes in.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>

#include "wgtools/base/ip.h"
#include "wgtools/wg/key.h"

namespace wgt::session {

class Gate {
 public:
  // A connection that has not said hello. False: too many, of this address or in all.
  bool enter(const IpAddress& from);
  void leave(const IpAddress& from);  // for each true of enter()

  // Whether an opening that costs more than a hash may be looked at now.
  bool spend(std::uint64_t now_ns);

  // False: a genuine opening with this ephemeral key came before.
  bool is_new(const wg::PublicKey& ephemeral);

 private:
  static constexpr std::uint64_t kTokenNs = 100'000'000;  // ten a second
  static constexpr std::uint64_t kMostTokensNs = 40 * kTokenNs;

  std::map<IpAddress, unsigned> waiting_;  // by address, IPv6 by /64
  unsigned all_waiting_ = 0;
  std::uint64_t tokens_ns_ = kMostTokensNs;  // in time that it took to earn them
  std::uint64_t spent_at_ns_ = 0;
  std::set<wg::PublicKey> seen_;
  std::deque<wg::PublicKey> oldest_first_;
};

}  // namespace wgt::session
