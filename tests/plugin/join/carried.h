// SPDX-License-Identifier: GPL-2.0-only
// A packet of alpha's wg0, and alpha's wg1, which carries it.
#pragma once

#include "tests/plugin/join/two_hosts.h"

namespace wgt::join::test {

inline const wg::PublicKey kC = test_key(0xc);
constexpr event::DeviceKey kCarrier = {1000, 7};
constexpr std::uint64_t kNumber = 5;

// wg0's packet, whose message goes to 10.1.0.2 from kStart + 2 us on.
inline EventBuilder<Sent> carried(std::uint64_t counter = kNumber, std::uint64_t at = kStart) {
  return tx_ab(counter, at)
      .inner_ping("10.0.0.1", "10.0.0.2", 1, 1)
      .outer_udp("10.1.0.1", 51820, "10.1.0.2", 51821);
}
// As wg1's peer C takes that message.
inline EventBuilder<Sent> carrier(std::uint64_t at = kStart + 2500,
                                  std::uint64_t number = kNumber) {
  EventBuilder<Sent> tx_c = tx().device(kCarrier).peer(kC).index(77).counter(40).at(at).inner_udp(
      "10.1.0.1", 51820, "10.1.0.2", 51821);
  tx_c->inner.is_message = true;
  tx_c->inner.seq = static_cast<std::uint32_t>(number);
  return tx_c;
}
inline EventBuilder<Sent> dead_carrier(event::VerdictId verdict = event::VerdictId::TX_NO_PEER) {
  EventBuilder<Sent> dead = carrier().without_key();
  dead.hops({kStart + 2500});
  return dead.verdict(verdict);
}

}  // namespace wgt::join::test
