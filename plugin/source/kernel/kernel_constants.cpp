// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/kernel_constants.h"

#include "plugin/source/kernel/function_places.h"

namespace wgt::kernel {
namespace {

#define AT(member) [](wgt_constants& c) -> wgt_range& { return c.member; }
constexpr NamedRange kRanges[] = {
    {"wg_xmit", AT(wg_xmit)},
    {"send4", AT(send4)},
    {"send6", AT(send6)},
    {"wg_receive", AT(wg_receive)},
    {"skb_release_data", AT(skb_release_data)},
    {"tcp_v4_rcv", AT(final_receive[0])},
    {"tcp_v6_rcv", AT(final_receive[1])},
    {"tcp_v4_do_rcv", AT(final_receive[2])},
    {"tcp_v6_do_rcv", AT(final_receive[3])},
    {"tcp_rcv_state_process", AT(final_receive[4])},
    {"icmp_rcv", AT(icmp_receive[0])},
    {"icmpv6_rcv", AT(icmp_receive[1])},
    {"wg_packet_send_staged_packets", AT(send_staged)},
    {"wg_packet_tx_worker", AT(tx_worker)},
    {"wg_packet_purge_staged_packets", AT(purge_staged)},
    {"kfree_skb_list_reason", AT(kfree_skb_list)},
};
#undef AT

}  // namespace

std::span<const NamedRange> named_ranges() { return kRanges; }

wgt_constants constants_of(const FunctionPlaces& places) {
  wgt_constants constants{};
  for (const NamedRange& named : kRanges)
    if (const auto range = places.range(named.symbol))
      named.in(constants) = {range->begin, range->end};
  return constants;
}

}  // namespace wgt::kernel
