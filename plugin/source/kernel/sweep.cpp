// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/sweep.h"

#include <bpf/bpf.h>

#include <cstring>
#include <vector>

#include "plugin/source/kernel/maps.h"

namespace wgt::kernel {

namespace {

enum class Begins { kKey, kValue };  // what begins with the device

struct DeviceTable {
  const char* map;
  Begins begins;
};
constexpr DeviceTable kTables[] = {
    {"wgt_tables", Begins::kValue},        {"wgt_ports", Begins::kValue},
    {"wgt_drops", Begins::kKey},           {"wgt_sessions", Begins::kKey},
    {"wgt_ended_sessions", Begins::kKey},  {"wgt_handshakes", Begins::kKey},
    {"wgt_unknown_senders", Begins::kKey}, {"wgt_initiations", Begins::kKey},
    {"wgt_peers_now", Begins::kKey},       {"wgt_round_trips", Begins::kKey},
    {"wgt_port_changes", Begins::kKey},
};

using Bytes = std::vector<std::byte>;

std::vector<Bytes> keys_of(int map, std::size_t key_bytes) {
  std::vector<Bytes> all;
  Bytes key(key_bytes);
  const void* previous = nullptr;
  while (bpf_map_get_next_key(map, previous, key.data()) == 0) {
    all.push_back(key);
    previous = all.back().data();
  }
  return all;
}

// The slots of its peers' totals are free again.
Result<void> free_totals(const PinDirectory& pins, const std::set<wgt_device_key>& traced) {
  using SessionMap = PinnedMap<wgt_session_key, wgt_session>;
  using TotalsMap = PinnedMap<std::uint32_t, wgt_peer_totals>;
  WGT_TRY(const auto sessions, SessionMap::open(pins, "wgt_sessions"));
  WGT_TRY(const auto totals, TotalsMap::open(pins, "wgt_peer_totals"));
  for (const wgt_session_key& key : sessions.keys()) {
    if (traced.contains(key.device)) continue;
    const auto session = sessions.get(key);
    if (!session) continue;
    const auto slot = static_cast<std::uint32_t>(session->peer_id & (WGT_PEER_SLOTS - 1));
    for (const wgt_peer_totals& on_cpu : totals.get_per_cpu(slot)) {
      if (on_cpu.peer_id != session->peer_id) continue;
      WGT_TRY_VOID(totals.zero_per_cpu(slot));
      break;
    }
  }
  return {};
}

}  // namespace

bool is_of_any(std::span<const std::byte> bytes, const std::set<wgt_device_key>& traced) {
  wgt_device_key device{};
  if (bytes.size() < sizeof(device)) return false;
  std::memcpy(&device, bytes.data(), sizeof(device));
  return traced.contains(device);
}

Result<void> sweep(const PinDirectory& pins, const std::set<wgt_device_key>& traced) {
  WGT_TRY_VOID(free_totals(pins, traced));
  for (const DeviceTable& table : kTables) {
    const UniqueFd map(bpf_obj_get(pins.map(table.map).c_str()));
    bpf_map_info info{};
    std::uint32_t size = sizeof(info);
    if (!map || bpf_obj_get_info_by_fd(map.get(), &info, &size) != 0)
      return errno_error("open the pinned map", table.map);
    Bytes value(info.value_size);
    for (const Bytes& key : keys_of(map.get(), info.key_size)) {
      if (table.begins == Begins::kValue &&
          bpf_map_lookup_elem(map.get(), key.data(), value.data()) != 0)
        continue;
      if (!is_of_any(table.begins == Begins::kKey ? key : value, traced))
        bpf_map_delete_elem(map.get(), key.data());
    }
  }
  return {};
}

}  // namespace wgt::kernel
