// SPDX-License-Identifier: GPL-2.0-only
// What PathJoin knows around one group of records at one moment.
#pragma once

#include "plugin/join/knowledge.h"
#include "plugin/join/path_join.h"

namespace wgt::join {

class PathJoin::LiveKnowledge final : public Knowledge {
 public:
  LiveKnowledge(const PathJoin& join, const Group& group, Moment moment)
      : join_(join), group_(group), moment_(moment) {}

  Basis absent_rx(const Observed& tx) const override;
  Basis absent_rest(const Observed& fragment) const override;
  std::optional<OffsetEstimate> offset(HostId from, HostId to,
                                       std::uint64_t from_ns) const override {
    return join_.clocks_.offset(from, to, from_ns);
  }

 private:
  enum class Watch : std::uint8_t { kNo, kEndedTooEarly, kYes };
  Watch watched_by(HostId receiver, const Observed& tx) const;
  Basis after_waiting(bool lost) const;
  bool may_have_lost(HostId host) const;

  const PathJoin& join_;
  const Group& group_;
  Moment moment_;
};

}  // namespace wgt::join
