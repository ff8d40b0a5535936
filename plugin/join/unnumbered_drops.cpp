// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/unnumbered_drops.h"

#include <utility>

#include "plugin/join/flow_match.h"

namespace wgt::join {

bool UnnumberedDrops::take(const event::Event& event) {
  const auto* rx = std::get_if<event::Received>(&event);
  if (rx != nullptr && rx->verdict == event::VerdictId::DELIVERED) delivered_.push_back(*rx);
  if (!lacks_number(event)) return false;
  // As many drops as deliveries in one round: more can't be told apart anyway.
  if (drops_.size() < delivered_.capacity()) drops_.push_back({0, event});
  return true;
}

std::vector<Observed> UnnumberedDrops::numbered() {
  std::vector<Observed> out;
  for (const Observed& drop : std::exchange(drops_, {})) {
    FlowMatcher number(drop);
    if (number.is_possible())
      for (const event::Received& rx : delivered_) number.consider(0, rx);
    if (auto found = number.found()) out.push_back(*std::move(found));
  }
  return out;
}

}  // namespace wgt::join
