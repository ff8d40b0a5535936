// SPDX-License-Identifier: GPL-2.0-only
// What a verdict needs to know beyond the packet's own records. Live and
// offline know it from different sources.
#pragma once

#include <cstdint>
#include <optional>

#include "plugin/join/clock_offset.h"
#include "plugin/join/joined_path.h"

namespace wgt::join {

class Knowledge {
 public:
  // What follows from there being no record of the receiver for a packet that left its host:
  // kOnlyExplanation (it was lost), or why nothing follows.
  virtual Basis absent_rx(const Observed& tx) const = 0;

  // The same for a packet of which a first fragment came, and whose sender was not watched.
  virtual Basis absent_rest(const Observed& fragment) const = 0;

  // `to`'s clock - `from`'s, at a time on `from`'s; nullopt: not known.
  virtual std::optional<OffsetEstimate> offset(HostId from, HostId to,
                                               std::uint64_t from_ns) const = 0;

 protected:
  ~Knowledge() = default;
};

}  // namespace wgt::join
