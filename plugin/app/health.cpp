// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/health.h"

#include <linux/netlink.h>

#include <algorithm>
#include <thread>
#include <unordered_map>

#include "plugin/app/show.h"
#include "plugin/app/socket_place.h"
#include "plugin/source/kernel/clock.h"
#include "plugin/source/kernel/find_netns.h"
#include "plugin/source/kernel/handshakes.h"
#include "plugin/source/kernel/host_names.h"
#include "wgtools/base/netns.h"
#include "wgtools/wg/quick_file.h"
#include "wgtools/wg/route.h"

namespace wgt::app {

namespace {

// Of 1,024 that fit (MAX_QUEUED_PACKETS): a busy tunnel has few, and for a moment.
constexpr std::uint32_t kLongQueue = 64;
constexpr std::chrono::milliseconds kBetweenLooks{200};

using ByKey = std::unordered_map<wg::PublicKey, health::PeerFacts*>;

// The file is the host's: of an interface in another namespace it says nothing. One that cannot be
// read is no finding.
void add_file(health::InterfaceFacts& facts, const ByKey& peers) {
  if (!facts.view.own_netns) return;
  const auto file = wg::read_quick_file(facts.view.device.name);
  if (!file || !*file) return;
  facts.has_file = true;
  for (const wg::QuickPeer& in_file : (*file)->peers) {
    const auto peer = peers.find(in_file.public_key);
    if (peer == peers.end()) continue;
    peer->second->in_file = true;
    peer->second->allowed_ips_in_file = in_file.allowed_ips;
  }
}

// Of an endpoint whose route cannot be asked nothing is known.
Result<void> add_own_endpoints(health::InterfaceFacts& facts) {
  const std::uint32_t outer =
      facts.view.outer_netns != 0 ? facts.view.outer_netns : facts.view.key.netns;
  WGT_TRY(const UniqueFd netns, kernel::open_netns_by_inum(outer));
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(netns));
  WGT_TRY(auto socket, wg::NetlinkSocket::open(NETLINK_ROUTE));
  for (health::PeerFacts& peer : facts.peers) {
    if (!peer.section.peer.endpoint) continue;
    const auto route = wg::find_route(
        socket, {.to = peer.section.peer.endpoint->address, .mark = facts.view.device.fwmark});
    peer.endpoint_is_own = route && route->local;
  }
  return {};
}

// Whether what peers sent from, and was refused, is in truth near this host.
Result<void> add_own_sources(health::InterfaceFacts& facts) {
  WGT_TRY(const UniqueFd netns, kernel::open_netns_by_inum(facts.view.key.netns));
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(netns));
  WGT_TRY(auto socket, wg::NetlinkSocket::open(NETLINK_ROUTE));
  for (const health::PeerFacts& peer : facts.peers)
    for (const explain::DropRow& row : peer.section.drops) {
      if (row.verdict != event::VerdictId::RX_DISALLOWED_SOURCE || !row.inner) continue;
      const IpAddress& source = row.inner->src;
      const auto route = wg::find_route(socket, {.to = source});
      if (!route || route->error != 0) continue;
      if (route->local)
        facts.own_addresses.push_back(source);
      else if (!route->gateway && route->ifindex != facts.view.key.ifindex)
        facts.own_ranges.push_back(
            {.address = source,
             .length = static_cast<std::uint8_t>(source.version == 4 ? 32 : 128)});
    }
  return {};
}

Result<health::InterfaceFacts> gather(const kernel::PinDirectory& pins, explain::InterfaceView view,
                                      std::uint64_t began_mono_ns,
                                      std::chrono::nanoseconds window) {
  health::InterfaceFacts facts;
  facts.peers.reserve(view.peers.size());
  ByKey by_key;
  for (explain::PeerSection& section : view.peers) {
    facts.peers.push_back({.section = std::move(section)});
    by_key.emplace(facts.peers.back().section.peer.public_key, &facts.peers.back());
  }
  view.peers.clear();
  facts.view = std::move(view);
  const event::DeviceKey& device = facts.view.key;

  WGT_TRY(const auto handshakes, kernel::handshakes(pins, device));
  for (const auto& [key, handshake] : handshakes)
    if (const auto peer = by_key.find(key); peer != by_key.end())
      peer->second->handshake = handshake;
  WGT_TRY(const auto now, kernel::peers_now(pins, device, began_mono_ns));
  for (const auto& [key, peer_now] : now)
    if (const auto peer = by_key.find(key); peer != by_key.end()) peer->second->now = peer_now;
  WGT_TRY(const auto changes, kernel::port_changes(pins, device));
  for (const auto& [key, change] : changes)
    if (const auto peer = by_key.find(key); peer != by_key.end())
      peer->second->port_change = change;
  WGT_TRY(auto senders, kernel::unknown_senders(pins, device));
  facts.unknown_senders = std::move(senders.all);
  facts.unknown_senders_full = senders.full;
  add_file(facts, by_key);
  if (facts.view.outer_netns != 0 && facts.view.outer_netns != device.netns)
    if (auto socket = place_of(facts.view.outer_netns)) facts.socket = *std::move(socket);
  // What these cannot ask is no reason to end.
  (void)add_own_endpoints(facts);
  (void)add_own_sources(facts);

  facts.clock.wall_ns = kernel::clock_ns(CLOCK_REALTIME);
  facts.clock.mono_ns = kernel::clock_ns(CLOCK_MONOTONIC);
  facts.since_wall_ns = std::max(facts.view.traced_since_wall_ns,
                                 facts.clock.wall_ns - static_cast<std::int64_t>(window.count()));
  return facts;
}

// Packets leave a receive queue in order, and each moves the window or is refused: a long queue of
// which neither length nor window changed was not served in between.
Result<void> poll_again(const kernel::PinDirectory& pins, std::optional<event::DeviceKey> only,
                        std::vector<health::InterfaceFacts>& all) {
  const auto waits = [](const health::PeerFacts& peer) {
    return peer.now && peer.now->rx_queued >= kLongQueue;
  };
  if (std::ranges::none_of(all, [&](const health::InterfaceFacts& facts) {
        return std::ranges::any_of(facts.peers, waits);
      }))
    return {};
  std::this_thread::sleep_for(kBetweenLooks);
  const std::uint64_t began = kernel::mono_ns();
  WGT_TRY_VOID(show(pins, only));
  for (health::InterfaceFacts& facts : all) {
    WGT_TRY(const auto now, kernel::peers_now(pins, facts.view.key, began));
    for (const auto& [key, later] : now)
      for (health::PeerFacts& peer : facts.peers)
        if (waits(peer) && peer.section.peer.public_key == key &&
            later.window_counter == peer.now->window_counter &&
            later.rx_queued >= peer.now->rx_queued)
          peer.stood_still_ms = std::chrono::milliseconds(kBetweenLooks).count();
  }
  return {};
}

}  // namespace

Result<Health> health(const kernel::PinDirectory& pins, std::optional<event::DeviceKey> only,
                      std::chrono::nanoseconds window) {
  const std::uint64_t began = kernel::mono_ns();
  // The dump that show makes has the kernel side write down its timers.
  WGT_TRY(Shown shown, show(pins, only));
  Health all{
      .interfaces = {}, .left_out = std::move(shown.left_out), .lost = std::move(shown.lost)};
  std::vector<health::InterfaceFacts> gathered;
  for (explain::InterfaceView& view : shown.interfaces) {
    WGT_TRY(auto facts, gather(pins, std::move(view), began, window));
    gathered.push_back(std::move(facts));
  }
  WGT_TRY_VOID(poll_again(pins, only, gathered));
  for (health::InterfaceFacts& facts : gathered)
    all.interfaces.push_back(health::build_report(std::move(facts)));
  return all;
}

}  // namespace wgt::app
