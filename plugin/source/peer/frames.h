// SPDX-License-Identifier: GPL-2.0-only
// The frames inside the messages (wire.md): typed values to bytes and back. Pure; nothing that
// comes in is trusted, and nothing is allocated for it before its length was checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/filter/instruction.h"
#include "plugin/source/peer/handshake.h"
#include "wgtools/base/bytes.h"
#include "wgtools/base/result.h"

namespace wgt::session {

inline constexpr std::size_t kMaxInstructions = 2048;

struct Hello {
  PskProof proof{};
};
// What the watcher wants.
struct Ask {
  std::uint32_t sample = 1;  // one of so many packet numbers, the same on both hosts
  std::vector<filter::Instruction> filter;
};
struct HostPart {
  bool more = false;  // it goes on in the next
  std::string text;
};
struct Batch {
  Bytes records;  // borrowed from the frame (record_codec.h)
};
struct Progress {
  std::uint64_t seen_until_ns = 0;  // on the listener's clock: everything before it was sent
  std::uint64_t lost = 0;           // since it was asked
};
struct Ping {
  std::uint64_t t1 = 0;
};
struct Pong {
  std::uint64_t t1 = 0;
  std::uint64_t t2 = 0;
  std::uint64_t t3 = 0;
};
enum class ByeReason : std::uint8_t {
  kDone = 1,
  kNotTraced = 2,
  kNotAPeer = 3,
  kTooManySessions = 4,
};
struct Bye {
  ByeReason reason = ByeReason::kDone;
};

using Frame = std::variant<Hello, Ask, HostPart, Batch, Progress, Ping, Pong, Bye>;

// Errors: kCorrupt, and which frame.
Result<Frame> decode_frame(Bytes frame);

ByteVector encode(const Hello& hello);
ByteVector encode(const Ask& ask);
ByteVector encode(const Progress& progress);
ByteVector encode(const Ping& ping);
ByteVector encode(const Pong& pong);
ByteVector encode(const Bye& bye);
std::vector<ByteVector> encode_host(std::string_view text);  // as many as it takes
ByteVector begin_batch();                                    // records are appended to it

const char* bye_words(ByeReason reason);

}  // namespace wgt::session
