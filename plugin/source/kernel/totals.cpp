// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/totals.h"

#include <algorithm>

#include "plugin/event/from_abi.h"
#include "plugin/event/losses.h"
#include "plugin/source/kernel/maps.h"
#include "plugin/source/kernel/own_process.h"
#include "plugin/source/kernel/read_state.h"

namespace wgt::kernel {
namespace {

using SessionMap = PinnedMap<wgt_session_key, wgt_session>;

// In wgt_session_key.place, besides sessions: the peer itself.
constexpr std::uint32_t kPlaceOfPeer = 3;

std::vector<event::PeerSessions> by_peer(const SessionMap& map, const event::DeviceKey& device) {
  std::map<wg::PublicKey, event::PeerSessions> peers;
  for (const wgt_session_key& key : map.keys()) {
    if (event::from_abi(key.device) != device) continue;
    const auto session = map.get(key);
    if (!session) continue;
    const wg::PublicKey id = to_public_key(key.peer);
    event::PeerSessions& peer = peers[id];
    peer.peer = id;
    peer.peer_id = session->peer_id;
    if (key.place < kPlaceOfPeer)
      peer.sessions.push_back(to_session(static_cast<event::SessionPlace>(key.place), *session));
  }
  std::vector<event::PeerSessions> all;
  all.reserve(peers.size());
  for (auto& [id, peer] : peers) {
    std::ranges::sort(peer.sessions, {}, &event::Session::place);
    all.push_back(std::move(peer));
  }
  return all;
}

}  // namespace

Result<std::vector<event::CountedDrops>> drop_counts(const PinDirectory& pins,
                                                     const event::DeviceKey& device) {
  using DropMap = PinnedMap<wgt_drop_key, wgt_drop_count>;
  WGT_TRY(const auto map, DropMap::open(pins, "wgt_drops"));
  std::vector<event::CountedDrops> all;
  for (const wgt_drop_key& key : map.keys()) {
    if (event::from_abi(key.device) != device) continue;
    if (const auto count = map.get(key)) all.push_back(to_counted_drops(key, *count));
  }
  return all;
}

Result<std::vector<event::PeerSessions>> seed_sessions(const PinDirectory& pins,
                                                       const event::DeviceKey& device,
                                                       const std::function<Result<void>()>& dump) {
  using ConfigMap = PinnedMap<std::uint32_t, wgt_config>;
  WGT_TRY(const OwnProcess self, own_process());
  WGT_TRY(const UniqueFd lock, pins.lock());
  WGT_TRY(const auto config, ConfigMap::open(pins, "wgt_config"));
  WGT_TRY(const auto sessions, SessionMap::open(pins, "wgt_sessions"));
  for (const wgt_session_key& old : sessions.keys())
    if (event::from_abi(old.device) == device) sessions.erase(old);

  wgt_config c = config.get(0).value_or(wgt_config{});
  c.seed_tgid = self.tgid;
  c.seed_pidns = self.pidns;
  WGT_TRY_VOID(config.set(0, c));
  const Result<void> dumped = dump();
  c = config.get(0).value_or(c);
  c.seed_tgid = 0;
  WGT_TRY_VOID(config.set(0, c));
  WGT_TRY_VOID(dumped);

  return by_peer(sessions, device);
}

Result<std::vector<PeerTotals>> peer_totals(const PinDirectory& pins,
                                            std::span<const std::uint64_t> peer_ids) {
  using TotalsMap = PinnedMap<std::uint32_t, wgt_peer_totals>;
  WGT_TRY(const auto map, TotalsMap::open(pins, "wgt_peer_totals"));
  std::vector<PeerTotals> all;
  all.reserve(peer_ids.size());
  for (const std::uint64_t peer_id : peer_ids) {
    PeerTotals& sum = all.emplace_back();
    sum.peer_id = peer_id;
    for (const wgt_peer_totals& on_cpu :
         map.get_per_cpu(static_cast<std::uint32_t>(peer_id & (WGT_PEER_SLOTS - 1)))) {
      if (on_cpu.peer_id != peer_id) {
        sum.shared |= on_cpu.peer_id != 0;
        continue;
      }
      sum.decrypted += on_cpu.decrypted;
      sum.source_looked += on_cpu.source_looked;
      for (std::size_t b = 0; b < WGT_LATENCY_BUCKETS; b++) {
        sum.tx_latency[b] += on_cpu.tx_latency[b];
        sum.rx_latency[b] += on_cpu.rx_latency[b];
      }
    }
  }
  return all;
}

Result<void> forget_counts(const PinDirectory& pins, const event::DeviceKey& device,
                           std::span<const event::PeerSessions> peers) {
  using DropMap = PinnedMap<wgt_drop_key, wgt_drop_count>;
  using TotalsMap = PinnedMap<std::uint32_t, wgt_peer_totals>;
  WGT_TRY(const auto drops, DropMap::open(pins, "wgt_drops"));
  for (const wgt_drop_key& key : drops.keys())
    if (event::from_abi(key.device) == device) drops.erase(key);
  WGT_TRY(const auto totals, TotalsMap::open(pins, "wgt_peer_totals"));
  for (const event::PeerSessions& peer : peers) {
    const auto slot = static_cast<std::uint32_t>(peer.peer_id & (WGT_PEER_SLOTS - 1));
    const auto on_cpus = totals.get_per_cpu(slot);
    const auto is_its = [&](const wgt_peer_totals& t) { return t.peer_id == peer.peer_id; };
    if (std::any_of(on_cpus.begin(), on_cpus.end(), is_its))
      WGT_TRY_VOID(totals.zero_per_cpu(slot));
  }
  return {};
}

Result<std::map<std::string, std::uint64_t>> lost_records(const PinDirectory& pins) {
  using LossMap = PinnedMap<std::uint32_t, std::uint64_t>;
  WGT_TRY(const auto map, LossMap::open(pins, "wgt_losses"));
  std::vector<std::uint64_t> counts(WGT_LOSSES, 0);
  for (std::uint32_t i = 0; i < WGT_LOSSES; i++)
    for (const std::uint64_t on_cpu : map.get_per_cpu(i)) counts[i] += on_cpu;
  return event::shared_losses(counts, event::LossKind::kCount);
}

}  // namespace wgt::kernel
