// SPDX-License-Identifier: GPL-2.0-only
// What is known of an interface and its peers at one moment, as it was read: every rule and the
// status are decided from this alone. A fact that could not be had is nullopt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugin/event/peer_state.h"
#include "plugin/explain/interface_view.h"
#include "plugin/health/place.h"
#include "wgtools/wg/device.h"

namespace wgt::health {

using event::Hs;

// Now, by the clocks that facts are told in.
struct Clock {
  std::int64_t wall_ns = 0;
  std::int64_t mono_ns = 0;

  // CLOCK_MONOTONIC to the wall clock as it is now; 0 stays 0: never.
  std::int64_t wall(std::uint64_t mono) const {
    return mono == 0 ? 0 : static_cast<std::int64_t>(mono) - mono_ns + wall_ns;
  }
  std::int64_t age_ns(std::uint64_t mono) const {
    return mono_ns - static_cast<std::int64_t>(mono);
  }
};

struct PeerFacts {
  explain::PeerSection section = {};                      // configuration, drops, sessions, latency
  std::optional<event::HandshakeHistory> handshake = {};  // since `up`
  std::optional<event::PortChange> port_change = {};      // of our own interface
  std::optional<event::PeerNow> now = {};                 // the kernel's timers and queues
  std::optional<std::int64_t> stood_still_ms = {};        // its receive queue, between two looks
  std::vector<IpPrefix> allowed_ips_in_file = {};         // of the wg-quick file
  bool in_file = false;
  bool endpoint_is_own = false;  // its endpoint is an address of this host
};

struct InterfaceFacts {
  explain::InterfaceView view = {};  // its peers are empty: they are below
  std::vector<PeerFacts> peers = {};
  std::vector<event::UnknownSender> unknown_senders = {};
  // Sources of refused packets that are this host's own, or reached without the tunnel.
  std::vector<IpAddress> own_addresses = {};
  std::vector<IpPrefix> own_ranges = {};
  bool unknown_senders_full = false;  // there were more: counts of them are the least
  bool has_file = false;
  std::optional<Place> socket = {};  // nullopt: where the interface is
  Clock clock = {};
  // What ended before then is history, not health.
  std::int64_t since_wall_ns = 0;
};

// How long ago the kernel began to wait for an answer to data. nullopt: it does not wait.
std::optional<std::int64_t> unanswered_ms(const event::PeerNow& now);

}  // namespace wgt::health
