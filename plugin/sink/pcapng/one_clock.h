// SPDX-License-Identifier: GPL-2.0-only
// Both ends of all paths on one host's clock: that of the first host that is seen. What is known of
// the others' is in the time that a path took from host to host.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "plugin/explain/path_view.h"

namespace wgt::sink::pcapng {

class OneClock {
 public:
  // CLOCK_REALTIME of that host, to which a hop's `ns` is to be added; nullopt: not known.
  struct Zeros {
    std::optional<std::int64_t> tx_ns;
    std::optional<std::int64_t> rx_ns;
  };
  Zeros of(const explain::PathView& path);

  // That host's time of day on this clock; as it is while nothing is known of it.
  std::int64_t of(const std::string& label, std::int64_t wall_ns) const;
  // Whether times of this host are on the one clock.
  bool knows(const std::string& label) const;

 private:
  void learn(const std::string& label, std::int64_t add_ns);

  std::optional<std::string> reference_;        // explain::side_label()
  std::map<std::string, std::int64_t> add_ns_;  // to another host's time of day, as of last
};

}  // namespace wgt::sink::pcapng
