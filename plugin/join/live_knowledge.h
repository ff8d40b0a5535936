// SPDX-License-Identifier: GPL-2.0-only
// What PathJoin knows around one group of events at one moment.
#pragma once

#include "plugin/join/absence.h"
#include "plugin/join/path_join.h"

namespace wgt::join {

// group: null for what came so far, as saw_all() asks.
class PathJoin::LiveWatchers final : public Watchers {
 public:
  LiveWatchers(const PathJoin& join, const Group* group, Moment moment)
      : join_(join), group_(group), moment_(moment) {}

  std::span<const Watcher> of(HostId host) const override {
    if (join_.options_.recorded != nullptr) return join_.options_.recorded->of(host);
    return std::span(join_.watchers_).subspan(host, 1);
  }
  Coverage coverage(const Watcher& watcher, const event::DeviceKey& device,
                    const Sighting& sighting) const override;

 private:
  bool may_have_lost(HostId host) const;
  bool may_still_come(HostId host, const Sighting& sighting) const;

  const PathJoin& join_;
  const Group* group_;
  Moment moment_;
};

class PathJoin::LiveKnowledge final : public Knowledge {
 public:
  LiveKnowledge(const PathJoin& join, const Group* group, Moment moment)
      : watchers_(join, group, moment),
        absence_(join.hosts_, join.clocks_, watchers_, join.numbers_,
                 {join.options_.hold_ns, join.options_.grace_ns}) {}
  LiveKnowledge(const LiveKnowledge&) = delete;
  LiveKnowledge& operator=(const LiveKnowledge&) = delete;

  Basis absent_rx(const Observed& tx) const override { return absence_.absent_rx(tx); }
  Basis absent_rest(const Observed& fragment) const override {
    return absence_.absent_rest(fragment);
  }
  std::optional<OffsetEstimate> offset(HostId from, HostId to,
                                       std::uint64_t from_ns) const override {
    return absence_.offset(from, to, from_ns);
  }

 private:
  LiveWatchers watchers_;
  Absence absence_;
};

}  // namespace wgt::join
