// SPDX-License-Identifier: GPL-2.0-only
// What recordings can testify to: who was watched when, and where records are
// missing.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>

#include "plugin/join/host_clocks.h"
#include "plugin/join/knowledge.h"
#include "plugin/join/recordings.h"

namespace wgt::join {

struct OfflineOptions {
  std::int64_t hold_ns = 2'000'000'000;  // a packet still not seen after this will not be
  std::int64_t grace_ns = 100'000'000;   // ... after this, if later ones were seen
};

class OfflineKnowledge final : public Knowledge {
 public:
  OfflineKnowledge(const Recordings& recordings, const HostClocks<OffsetTimeline>& clocks,
                   OfflineOptions options);

  Basis absent_rx(const Observed& tx) const override;
  Basis absent_rest(const Observed& fragment) const override;
  // Whether one recording has everything of `there` from..to; times are on the clock of `here`.
  bool saw_all(HostId there, HostId here, std::uint64_t from_ns, std::uint64_t to_ns) const;
  std::optional<OffsetEstimate> offset(HostId from, HostId to,
                                       std::uint64_t from_ns) const override {
    return clocks_.offset(from, to, from_ns);
  }

 private:
  // Host, interface, receiver index.
  using Session = std::tuple<HostId, event::DeviceKey, std::uint32_t>;

  Basis judge(const Observed& tx, const Watch& sender, const Watch& receiver) const;
  bool later_one_seen(const event::Sent& tx, const Watch& receiver) const;

  const Recordings& recordings_;
  const HostClocks<OffsetTimeline>& clocks_;
  OfflineOptions options_;
  std::map<Session, std::uint64_t> highest_counter_;
};

}  // namespace wgt::join
