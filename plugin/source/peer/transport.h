// SPDX-License-Identifier: GPL-2.0-only
// After the handshake: frames sealed into messages, and opened again (wire.md, "After the
// handshake"). Pure. Memory is bounded by one message.
#pragma once

#include <cstdint>
#include <functional>

#include "plugin/source/peer/noise.h"
#include "wgtools/base/result.h"

namespace wgt::session {

inline constexpr std::size_t kMaxMessageBytes = 65535;
inline constexpr std::size_t kMaxFrameBytes = kMaxMessageBytes - kTagBytes - 1;
inline constexpr std::uint64_t kMessagesPerKey = 4096;

class Transport {
 public:
  // Gets one frame, valid for the call only.
  using OnFrame = std::function<Result<void>(Bytes frame)>;

  // `frame`: 1 to kMaxFrameBytes. Appends the message to `out`.
  void seal(Bytes frame, ByteVector& out);

  // Bytes as they come, in pieces of any size. Errors: kCorrupt (not the next message of this
  // session), and what `on_frame` returned; nothing may be given after one.
  Result<void> open(Bytes received, const OnFrame& on_frame);

  CipherState& sending() { return send_; }
  CipherState& receiving() { return receive_; }

 private:
  Result<void> open_one(Bytes sealed, const OnFrame& on_frame);

  CipherState send_;
  CipherState receive_;
  ByteVector waiting_;  // a message that has not come whole
  ByteVector plain_;
};

}  // namespace wgt::session
