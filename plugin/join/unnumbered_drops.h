// SPDX-License-Identifier: GPL-2.0-only
// For a host that shows its events to another: drops without a number, until what was delivered
// in the same round is at hand, from which they get one (flow_match.h). Bounded.
#pragma once

#include <boost/circular_buffer.hpp>
#include <cstddef>
#include <vector>

#include "plugin/join/joined_path.h"

namespace wgt::join {

class UnnumberedDrops {
 public:
  // delivered: how many of the last packets a drop is looked for among.
  explicit UnnumberedDrops(std::size_t delivered = 4096) : delivered_(delivered) {}

  // Every event of the host, as it comes. True: it lacks its number, and is kept for numbered().
  bool take(const event::Event& event);

  // At the end of a round: those that are about exactly one packet, with its number. The others
  // are nobody's.
  std::vector<Observed> numbered();

 private:
  boost::circular_buffer<event::Received> delivered_;
  std::vector<Observed> drops_;
};

}  // namespace wgt::join
