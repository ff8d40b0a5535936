// SPDX-License-Identifier: GPL-2.0-only
// Paths for tests of view and output: two hosts a and b with wg0 between them, as README.md and
// contract samples show them. A test changes what it is about and builds the PathView:
//   Scene scene = delivered();
//   scene.refuse_at_receiver(event::VerdictId::RX_DISALLOWED_SOURCE);
//   write(scene.view());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "plugin/explain/view_builder.h"
#include "plugin/join/carriers.h"
#include "tests/support/event_builder.h"

namespace wgt::test {

inline const wg::PublicKey kKeyA =
    *wg::parse_public_key("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
inline const wg::PublicKey kKeyB =
    *wg::parse_public_key("hK7gZ1n0vQ3c9T2mWb5yXo8Lr4sDfJpE6uNiAaVtBkM=");

constexpr event::DeviceKey kDeviceA = {.netns = 101, .ifindex = 5};
constexpr event::DeviceKey kDeviceB = {.netns = 102, .ifindex = 7};
constexpr std::int64_t kSent = 5'000'000'000;      // a's CLOCK_MONOTONIC
constexpr std::int64_t kReceived = 9'000'000'000;  // b's

inline IpPrefix prefix(const char* address, std::uint8_t length) {
  return {.address = *parse_ip(address), .length = length};
}

struct Scene {
  std::vector<event::HostInfo> hosts;
  wg::Device device_a, device_b;  // as configured now
  bool devices_known = true;
  join::JoinedPath path;

  explain::PathView view() const {
    return explain::build_path_view(path, hosts,
                                    [this](const event::HostInfo& host, event::DeviceKey) {
                                      if (!devices_known)
                                        return static_cast<const wg::Device*>(nullptr);
                                      return &host == &hosts[0] ? &device_a : &device_b;
                                    });
  }

  event::Sent& tx() { return path.tx->event; }
  event::Received& rx() { return path.rx->event; }
  event::StackDrop& drop() { return std::get<event::StackDrop>(path.drop->event); }

  // The receiver's WireGuard refuses it. last_hop: the last one that was still observed.
  Scene& refuse(event::VerdictId verdict, event::Received::Hop last_hop) {
    path.verdict = rx().verdict = verdict;
    for (std::size_t hop = last_hop + 1U; hop < rx().hop_ns.size(); hop++) rx().hop_ns[hop] = 0;
    return *this;
  }
  // wg1 of the same host carries it, and ended so.
  Scene& carried_by_wg1(event::VerdictId verdict) {
    join::JoinedPath carrier;
    carrier.tx = {path.tx->host, tx()};
    event::Sent& wg1 = carrier.tx->event;
    wg1.device = {.netns = kDeviceA.netns, .ifindex = 9};
    wg1.inner = tx().outer;
    wg1.key = event::PacketKey{.receiver_index = 99, .counter = 4};
    carrier.verdict = wg1.verdict = verdict;
    hosts[path.tx->host].carriers = {{wg1.device, std::nullopt, "wg1", kKeyA}};
    path.carrier = std::make_shared<const join::JoinedPath>(carrier);
    join::judge_by_carrier(path);
    return *this;
  }
  // The sender fails to send it.
  Scene& fail(event::VerdictId verdict, event::Sent::Hop last_hop, int error = 0) {
    path.verdict = tx().verdict = verdict;
    path.rx.reset();
    path.network.reset();
    tx().error = error;
    for (std::size_t hop = last_hop + 1U; hop < tx().hop_ns.size(); hop++) tx().hop_ns[hop] = 0;
    if (last_hop < event::Sent::kUdpTunnelXmit) tx().outer = {};
    if (last_hop < event::Sent::kEncrypt) tx().key.reset();
    return *this;
  }
  // A kernel drop around WireGuard. reason: a number of hosts[…].drop_reasons.
  Scene& stack_drop(event::VerdictId verdict, join::HostId host, std::uint32_t reason,
                    std::uint64_t location, std::int64_t at_ns) {
    auto drop = test::drop(verdict).reason(reason, location).at(static_cast<std::uint64_t>(at_ns));
    if (path.rx && verdict != event::VerdictId::INNER_IN) drop->outer = rx().outer;
    return ended_by(host, drop.device(host == 0 ? kDeviceA : kDeviceB));
  }
  // Another event than the two that are there says how it ended.
  Scene& ended_by(join::HostId host, event::Event end) {
    path.verdict = event::verdict_of(end);
    if (path.rx && path.verdict != event::VerdictId::INNER_IN) {
      path.rx.reset();
      path.network.reset();
    }
    path.drop = join::Observed{.host = host, .event = std::move(end)};
    return *this;
  }
  Scene& sender_only(join::Basis basis, event::VerdictId verdict = event::VerdictId::UNKNOWN) {
    path.rx.reset();
    path.network.reset();
    path.basis = basis;
    path.verdict = verdict;
    return *this;
  }
};

// Numbers of drop reasons and places that the hosts of a scene know.
enum : std::uint32_t { kNotSpecified = 2, kNoSocket = 3, kNetfilterDrop = 8, kInAddrErrors = 70 };
enum : std::uint64_t { kNfHookSlow = 0xffff1000, kIpError = 0xffff2000, kUdpRcv = 0xffff3000 };

inline event::HostInfo scene_host(const char* name, event::DeviceKey key) {
  event::HostInfo host;
  host.hostname = name;
  host.wall_minus_mono_ns = 1'795'262'591'482'913'007;  // 2026-11-21T12:03:11.482913007Z
  host.drop_reasons = {{kNotSpecified, "NOT_SPECIFIED"},
                       {kNoSocket, "NO_SOCKET"},
                       {kNetfilterDrop, "NETFILTER_DROP"},
                       {kInAddrErrors, "IP_INADDRERRORS"}};
  host.functions = {
      {kNfHookSlow, "nf_hook_slow"}, {kIpError, "ip_error"}, {kUdpRcv, "__udp4_lib_rcv"}};
  host.devices = {{.key = key, .netns = std::nullopt, .name = "wg0", .public_key = {}}};
  return host;
}

// A TCP packet over 0.4 ms of network, as the contract shows it.
inline Scene delivered() {
  Scene scene;
  scene.hosts = {scene_host("a", kDeviceA), scene_host("b", kDeviceB)};
  scene.hosts[0].wall_minus_mono_ns -= kSent;
  scene.hosts[1].wall_minus_mono_ns -= kReceived;
  scene.device_a = {.ifindex = kDeviceA.ifindex, .name = "wg0", .listen_port = 51820};
  scene.device_b = {.ifindex = kDeviceB.ifindex, .name = "wg0", .listen_port = 51821};
  scene.device_a.peers = {
      {.public_key = kKeyB,
       .endpoint = Endpoint{.address = *parse_ip("198.51.100.1"), .port = 51821},
       .allowed_ips = {prefix("10.0.0.2", 32)}}};
  scene.device_b.peers = {{.public_key = kKeyA, .allowed_ips = {prefix("10.0.0.1", 32)}}};

  const auto ns = [](std::int64_t start, int after) {
    return static_cast<std::uint64_t>(start + after);
  };
  auto sent = tx();
  sent.device(kDeviceA).peer(kKeyB).index(181171874).counter(2);
  sent.hops({ns(kSent, 0), ns(kSent, 14200), ns(kSent, 17300), ns(kSent, 19500)});
  sent.inner_tcp("10.0.0.1", 43922, "10.0.0.2", 443);
  sent.outer_udp("192.0.2.1", 51820, "198.51.100.1", 51821);
  auto received = rx();
  received.device(kDeviceB).peer(kKeyA).index(181171874).counter(2);
  received.hops({0, ns(kReceived, 0), ns(kReceived, 11800), ns(kReceived, 12400),
                 ns(kReceived, 13000), ns(kReceived, 13900)});
  received.inner_tcp("10.0.0.1", 43922, "10.0.0.2", 443);
  received.outer_udp("192.0.2.1", 51820, "198.51.100.1", 51821);
  sent->outer.len = received->outer.len = 156;

  scene.path.tx = {.host = 0, .event = sent};
  scene.path.rx = {.host = 1, .event = received};
  scene.path.network = join::NetworkTime{.ns = 420000, .error_ns = 50000};
  scene.path.verdict = event::VerdictId::DELIVERED;
  scene.path.basis = join::Basis::kObserved;
  return scene;
}

// The other inner and outer packets that tests need.
inline void set_inner(Scene& scene, const event::Sent& packet) {
  scene.tx().inner = packet.inner;
  if (scene.path.rx) scene.rx().inner = packet.inner;
}
inline void set_outer(Scene& scene, const event::Sent& packet) {
  scene.tx().outer = packet.outer;
  if (scene.path.rx) scene.rx().outer = packet.outer;
}

// b decrypts the packet and refuses its source: its list for a has another address.
inline Scene disallowed_source() {
  Scene scene = delivered();
  scene.refuse(event::VerdictId::RX_DISALLOWED_SOURCE, event::Received::kReplay);
  scene.device_b.peers[0].allowed_ips = {prefix("10.9.9.9", 32)};
  return scene;
}

}  // namespace wgt::test
