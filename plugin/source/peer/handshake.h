// SPDX-License-Identifier: GPL-2.0-only
// Opening and answer (wire.md): from two static keys to a Transport. Pure.
#pragma once

#include <cstdint>
#include <memory>

#include "plugin/source/peer/noise.h"
#include "plugin/source/peer/transport.h"
#include "wgtools/base/result.h"

namespace wgt::session {

inline constexpr std::uint8_t kVersion = 1;  // the only one that is spoken
inline constexpr std::size_t kMacBytes = 16;
inline constexpr std::size_t kOpeningBytes = 2 + kFirstBytes + kMacBytes;
inline constexpr std::size_t kAnswerBytes = kSecondBytes + 1;

// What both ends have when it went well.
struct Established {
  Transport transport;
  Hash hash{};
  wg::PublicKey remote;
  std::uint8_t version = 0;
};

// The watcher's end.
class Opening {
 public:
  // Errors: kInvalid when the listener's key is a point that no key pair has.
  static Result<Opening> write(KeyPair self, KeyPair ephemeral, const wg::PublicKey& listener,
                               ByteVector& out);

  // kAnswerBytes. Errors: kCorrupt.
  Result<Established> read_answer(Bytes answer);

 private:
  Opening() = default;
  // On the heap: the handshake refers to the keys, and an Opening moves. Wiped with it.
  struct State;
  struct Deleter {
    void operator()(State* state) const;
  };
  std::unique_ptr<State, Deleter> state_;
};

// Whether whoever wrote these kOpeningBytes means this key. One hash; constant time.
bool is_for(Bytes opening, const wg::PublicKey& listener);

// The listener's end. The caller decides by established.remote and `ephemeral` whether the answer
// is sent at all.
struct Answer {
  Established established;
  ByteVector bytes;
  wg::PublicKey ephemeral;  // the watcher's: the same one again is a replay
};
// Errors: kVersion, kCorrupt.
Result<Answer> answer_opening(Bytes opening, const KeyPair& self, KeyPair ephemeral);

enum class Role : std::uint8_t { kWatcher = 1, kListener = 2 };
using PskProof = std::array<std::uint8_t, 32>;

// What shows that an end holds this preshared key (all zero: none), to whoever holds it too.
PskProof prove_psk(const wg::SecretKey& psk, Role role, const Hash& hash);
bool same_proof(const PskProof& a, const PskProof& b);  // constant time

}  // namespace wgt::session
