// SPDX-License-Identifier: GPL-2.0-only
// One step of a handshake as one host saw it, and what the other end has to say of one that got no
// answer: the model of `watch --handshakes`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "plugin/event/host_info.h"
#include "plugin/explain/path_view.h"
#include "plugin/join/handshake_join.h"

namespace wgt::explain {

struct HandshakeView {
  std::string id;  // "hs.completed", or a step: "initiation_sent"
  bool failed = false;
  std::int64_t wall_ns = 0;  // CLOCK_REALTIME
  std::string host;
  std::optional<std::string> netns;  // nullopt: the initial namespace
  std::string interface;
  std::optional<wg::PublicKey> peer;  // of hs.unknown_initiator: the key that is nobody's
  std::uint32_t sender_index = 0;     // as in the message; 0: none
  std::uint32_t receiver_index = 0;
  std::uint32_t attempts = 0;            // initiations since the last handshake that worked
  std::optional<std::int64_t> after_ns;  // since the initiation that it is about
  std::optional<std::string> error;      // "ENETUNREACH"
  std::optional<Tuple> outer;            // the message as it came; nullopt: none came
  std::optional<std::string> reason;     // of a drop: the kernel's
  struct OtherEnd {
    std::string fate;  // "never_came"
    std::string host;
    std::optional<std::string> netns;
    std::string interface;
    std::optional<std::string> result;  // "hs.replayed_timestamp"
    std::optional<std::string> reason;
  };
  std::optional<OtherEnd> other_end;
  std::string message;  // a sentence without a full stop
};

// hosts: of the join.
HandshakeView build_handshake_view(const join::JoinedHandshake& joined,
                                   std::span<const event::HostInfo> hosts);

}  // namespace wgt::explain
