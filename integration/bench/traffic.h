// SPDX-License-Identifier: GPL-2.0-only
// Two hosts and what passes between them: events as a kernel would have written them, host by
// host in the order in which it would, with the true fate of each packet. The same seed makes the
// same traffic. For benchmarks and tests of the join.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "plugin/event/event.h"
#include "plugin/event/host_info.h"

namespace wgt::bench {

struct TrafficOptions {
  std::uint64_t packets = 1'000'000;  // sent, by both hosts together
  unsigned peers = 1;                 // tunnels between a's one device and b's many
  std::uint64_t rate = 100'000;       // packets a second
  double loss = 0.01;                 // on the network
  double duplicates = 0.001;
  double drops = 0.002;  // by either host's stack, or its WireGuard
  double reordered = 0.01;
  unsigned reorder_ms = 1000;  // those come so much later at most
  double v6 = 0.3;
  unsigned rekey_s = 120;
  std::int64_t clocks_apart_s = 3600;  // times of day
  // The other recording begins so much later. A packet a second goes until then.
  std::uint64_t begun_apart_s = 0;
  std::uint32_t seed = 1;
};

enum Host : std::uint8_t { kHostA, kHostB, kHosts };

struct Fates {
  std::uint64_t packets = 0;
  std::uint64_t unwatched = 0;                      // sent before b's recording began
  std::map<event::VerdictId, std::uint64_t> paths;  // packets and duplicates, by what happened
};

class Traffic {
 public:
  // Records of a host; and that all of its records before a time on its clock came.
  struct Out {
    std::function<void(Host, const event::Event&)> event;
    std::function<void(Host, std::uint64_t mono_ns)> progress;  // once a second
  };

  explicit Traffic(const TrafficOptions& options);

  const event::HostInfo& host(Host host) const { return hosts_[host]; }
  // Everything; ends with both hosts' last progress.
  Fates run(const Out& out);

 private:
  TrafficOptions options_;
  std::array<event::HostInfo, kHosts> hosts_;
};

}  // namespace wgt::bench
