// SPDX-License-Identifier: GPL-2.0-only
// What is known of an interface and its peers at one moment, as it was read: every rule and the
// status are decided from this alone. A fact that could not be had is nullopt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bpf/abi/handshake.h"
#include "plugin/explain/handshake_view.h"
#include "plugin/explain/interface_view.h"
#include "wgtools/wg/device.h"

namespace wgt::health {

// Now, by the clocks that facts are told in.
struct Clock {
  std::int64_t wall_ns = 0;
  std::int64_t mono_ns = 0;
  unsigned hz = 250;  // jiffies a second

  // CLOCK_MONOTONIC to the wall clock as it is now; 0 stays 0: never.
  std::int64_t wall(std::uint64_t mono) const {
    return mono == 0 ? 0 : static_cast<std::int64_t>(mono) - mono_ns + wall_ns;
  }
  std::int64_t age_ns(std::uint64_t mono) const {
    return mono_ns - static_cast<std::int64_t>(mono);
  }
};

struct PeerFacts {
  explain::PeerSection section = {};                // configuration, drops, sessions, latency
  std::optional<wgt_handshake> handshake = {};      // since `up`
  std::optional<wgt_peer_now> now = {};             // the kernel's timers and queues
  std::optional<std::int64_t> stood_still_ms = {};  // its receive queue, between two looks
  std::vector<IpPrefix> allowed_ips_in_file = {};   // of the wg-quick file
  bool in_file = false;
};

struct InterfaceFacts {
  explain::InterfaceView view = {};  // its peers are empty: they are below
  std::vector<PeerFacts> peers = {};
  std::vector<std::pair<wgt_unknown_sender_key, wgt_unknown_sender>> unknown_senders = {};
  bool has_file = false;
  Clock clock = {};
  // What ended before then is history, not health.
  std::int64_t since_wall_ns = 0;
};

// CONFIG_HZ out of a jiffies counter and the time since boot (CLOCK_MONOTONIC), read together: the
// counter starts 300 s before it overflows 32 bits (INITIAL_JIFFIES in include/linux/jiffies.h).
unsigned hz_from(std::uint64_t jiffies, std::uint64_t mono_ns);

// How long ago the kernel began to wait for an answer to data. nullopt: it does not wait.
std::optional<std::int64_t> unanswered_ms(const wgt_peer_now& now, unsigned hz);

Endpoint to_endpoint(const wgt_endpoint& endpoint);

}  // namespace wgt::health
