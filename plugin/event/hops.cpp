// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/hops.h"

#include <array>
#include <cstddef>

namespace wgt::event {
namespace {

constexpr std::array<std::uint8_t, 4> kTxSlots = {WGT_HOP_WG_XMIT, WGT_HOP_ENCRYPT,
                                                  WGT_HOP_UDP_TUNNEL_XMIT, WGT_HOP_OUTER_OUT};
constexpr std::array<std::uint8_t, WGT_HOPS> kRxSlots = {WGT_HOP_OUTER_IN,    WGT_HOP_WG_RECEIVE,
                                                         WGT_HOP_DECRYPT,     WGT_HOP_REPLAY,
                                                         WGT_HOP_ALLOWED_IPS, WGT_HOP_DELIVERED};

}  // namespace

std::span<const std::uint8_t> hop_slots(std::uint8_t kind) {
  if (kind == WGT_TX) return kTxSlots;
  return kRxSlots;
}

std::uint64_t first_hop_ns(const wgt_record& record) {
  for (const std::uint8_t slot : hop_slots(record.kind))
    if (record.hop_ns[slot] != 0) return record.hop_ns[slot];
  return 0;
}

std::uint64_t last_hop_ns(const wgt_record& record) {
  const auto slots = hop_slots(record.kind);
  for (std::size_t i = slots.size(); i > 0; --i)
    if (record.hop_ns[slots[i - 1]] != 0) return record.hop_ns[slots[i - 1]];
  return 0;
}

bool is_about_inner(const wgt_record& record) {
  return record.kind != WGT_DROP || record.verdict != WGT_V_NETWORK_REJECTED;
}

}  // namespace wgt::event
