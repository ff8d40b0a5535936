// SPDX-License-Identifier: GPL-2.0-only
// What follows from an event that is not there, live and of recordings alike.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "plugin/join/coverage.h"
#include "plugin/join/host_clocks.h"
#include "plugin/join/hosts.h"
#include "plugin/join/knowledge.h"

namespace wgt::join {

// How long an event is waited for before it is missing.
struct Waits {
  std::int64_t hold_ns = 2'000'000'000;
  std::int64_t grace_ns = 100'000'000;  // if later ones of its session came; and for a drop
};

// The highest number that came to each device in each session. Bounded: the oldest are forgotten.
class HighestNumbers {
 public:
  explicit HighestNumbers(std::size_t capacity) : capacity_(capacity) {}

  void note(HostId host, const event::Received& received);
  // Whether a later packet of that session than the one with this key came.
  bool passed(HostId host, const event::DeviceKey& device, const event::PacketKey& key) const;

 private:
  struct Session {
    HostId host;
    event::DeviceKey device;
    std::uint32_t receiver_index;
    friend bool operator==(const Session&, const Session&) = default;
  };
  struct SessionHash {
    std::size_t operator()(const Session& session) const {
      return event::PacketKeyHash()({session.receiver_index, session.host << 32U ^
                                                                 session.device.ifindex ^
                                                                 session.device.netns});
    }
  };
  std::size_t capacity_;
  std::unordered_map<Session, std::uint64_t, SessionHash> highest_;
  std::deque<Session> oldest_first_;
};

// All must outlive it.
class Absence final : public Knowledge {
 public:
  Absence(const Hosts& hosts, const Clocks& clocks, const Watchers& watchers,
          const HighestNumbers& numbers, Waits waits)
      : hosts_(hosts), clocks_(clocks), watchers_(watchers), numbers_(numbers), waits_(waits) {}

  Basis absent_rx(const Observed& tx) const override;
  Basis absent_rest(const Observed& fragment) const override;
  std::optional<OffsetEstimate> offset(HostId from, HostId to,
                                       std::uint64_t from_ns) const override {
    return clocks_.offset(from, to, from_ns);
  }
  // Whether every event of the device from..to is at hand; times are on the clock of `here`.
  bool saw_all(const Hosts::Place& there, HostId here, std::uint64_t from_ns,
               std::uint64_t to_ns) const;

 private:
  Basis judge(const Observed& tx, const Watcher& sender, const Hosts::Place& place,
              const Watcher& receiver) const;
  Basis best_of(const Observed& tx, const Hosts::Place& place) const;

  const Hosts& hosts_;
  const Clocks& clocks_;
  const Watchers& watchers_;
  const HighestNumbers& numbers_;
  Waits waits_;
};

}  // namespace wgt::join
