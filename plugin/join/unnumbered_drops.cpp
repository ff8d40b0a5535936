// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/unnumbered_drops.h"

#include <utility>

#include "plugin/join/flow_match.h"

namespace wgt::join {

bool UnnumberedDrops::take(const wgt_record& record) {
  if (record.kind == WGT_RX && event::verdict_of(record) == event::VerdictId::DELIVERED)
    delivered_.push_back({0, record});
  if (!lacks_number(record)) return false;
  // As many drops as deliveries in one round: more can't be told apart anyway.
  if (drops_.size() < delivered_.capacity()) drops_.push_back({0, record});
  return true;
}

std::vector<Observed> UnnumberedDrops::numbered() {
  if (drops_.empty()) return {};
  const std::vector<Observed> drops = std::exchange(drops_, {});
  std::vector<const Observed*> records;
  records.reserve(delivered_.size() + drops.size());
  for (const Observed& delivered : delivered_) records.push_back(&delivered);
  for (const Observed& drop : drops) records.push_back(&drop);
  return numbered_drops(records);
}

}  // namespace wgt::join
