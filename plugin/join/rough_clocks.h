// SPDX-License-Identifier: GPL-2.0-only
// How far apart the clocks of recordings are, before anything is joined: from a few events of
// each. Numbers of a session count upwards, so an event that arrived lies between those that were
// sent before and after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "plugin/event/event.h"
#include "plugin/join/hosts.h"

namespace wgt::join {

// Some of a host's events, spread over its recordings. Bounded: every second is left out when they
// become too many.
class Samples {
 public:
  explicit Samples(std::size_t capacity = 16384) : capacity_(capacity) {}

  struct Sample {
    event::PacketKey key;
    std::int64_t ns;
    bool is_sent;
  };
  void note(const event::Event& event);
  void merge(const Samples& other);
  const std::vector<Sample>& all() const { return samples_; }

 private:
  std::size_t capacity_;
  std::size_t stride_ = 1;
  std::size_t seen_ = 0;
  std::vector<Sample> samples_;
};

struct RoughClocks {
  std::vector<std::int64_t> ahead_ns;  // by host: for PathJoin::suppose_ahead
  std::int64_t error_ns = 0;           // of the worst that could be told
};

// samples: by host. Whose clock cannot be told is believed.
RoughClocks rough_clocks(const Hosts& hosts, const std::vector<Samples>& samples);

}  // namespace wgt::join
