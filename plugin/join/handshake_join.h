// SPDX-License-Identifier: GPL-2.0-only
// Steps of handshakes of all hosts, by the indices in the messages: why an
// initiation got no answer, which one end alone cannot know. Pure; bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "plugin/join/hosts.h"
#include "plugin/join/joined_path.h"

namespace wgt::join {

// Of an initiation that got no answer, and of its answer.
enum class HandshakeFate : std::uint8_t {
  kDroppedLeaving,    // by the initiator's own stack
  kNeverCame,         // to WireGuard at the other end, nor to a drop there
  kDroppedArriving,   // by the other end's own stack
  kRefused,           // by WireGuard there
  kAnswerNotLeaving,  // the other end's own stack, or its route
  kAnswerLost,        // it left there, and never came
  kAnswerDropped,     // by the initiator's own stack
};

struct JoinedHandshake {
  Seen<event::HandshakeStep> step;
  struct OtherEnd {
    HandshakeFate fate;
    HostId host;              // who saw that; kNeverCame: who would have
    event::DeviceKey device;  // its
    event::Hs result;         // kRefused: why
    std::uint32_t reason;     // of a drop: enum skb_drop_reason on that host; 0: none
  };
  std::optional<OtherEnd> other_end;  // of NO_ANSWER, if it is known
};

class HandshakeJoin {
 public:
  // Whether every step of the device from..to was added; times are on the clock of `here`.
  using SawAll = std::function<bool(const Hosts::Place& there, HostId here, std::uint64_t from_ns,
                                    std::uint64_t to_ns)>;

  // An initiation is answered within 5 s or never; a busy hub has some hundred a second.
  static constexpr std::size_t kLiveSteps = 8192;

  // Remembers so many steps.
  HandshakeJoin(const Hosts& hosts, SawAll saw_all, std::size_t max_steps = kLiveSteps);

  void add(HostId host, const event::HandshakeStep& step);
  // With what was added so far. Times of other steps do not matter: indices are random.
  JoinedHandshake conclude(HostId host, const event::HandshakeStep& step) const;

 private:
  struct Step {
    HostId host;
    event::DeviceKey device;
    event::Hs what;
    bool is_answer;  // or about one: the index is its receiver index
    std::uint32_t reason;
  };
  using ByIndex = std::multimap<std::uint32_t, Step>;

  void remember(std::uint32_t index, const Step& step);
  std::optional<JoinedHandshake::OtherEnd> why_no_answer(HostId here,
                                                         const event::HandshakeStep& step) const;

  const Hosts& hosts_;
  SawAll saw_all_;
  std::size_t max_steps_;
  ByIndex steps_;  // index 0: of no message
  std::deque<ByIndex::iterator> oldest_first_;
};

}  // namespace wgt::join
