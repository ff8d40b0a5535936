// SPDX-License-Identifier: GPL-2.0-only
// The watcher's end of one session (wire.md, "States"): bytes of the connection in, events and
// bytes out. Pure: time and randomness come in. After an error it is over.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "plugin/event/host_info.h"
#include "plugin/source/peer/frames.h"
#include "plugin/source/peer/psk.h"
#include "plugin/source/peer/record_codec.h"
#include "plugin/source/source.h"

namespace wgt::session {

using source::RoundTrip;  // of a ping and its pong

class WatchEvents {
 public:
  virtual void send(Bytes bytes) = 0;
  virtual void opened(PskMatch psk) = 0;
  virtual void compared(const RoundTrip& clocks) = 0;
  // One device, whose public key is the listener's. Again when names became known.
  virtual void host(event::HostInfo info) = 0;
  // They are for the taker to move from.
  virtual void events(std::span<event::Event> events) = 0;
  virtual void progress(const Progress& progress) = 0;

 protected:
  ~WatchEvents() = default;
};

class WatchEnd {
 public:
  explicit WatchEnd(WatchEvents& events) : events_(events) {}

  // Sends the opening. The keys are wiped when the handshake is done. Errors: kInvalid.
  Result<void> begin(KeyPair self, KeyPair ephemeral, const wg::PublicKey& listener,
                     wg::SecretKey psk);

  // Errors: kCorrupt, kProtocol; kNotFound with the reason when the listener said goodbye.
  Result<void> receive(Bytes bytes, std::uint64_t now_ns);

  void ping(std::uint64_t now_ns) { send(encode(Ping{now_ns})); }
  void ask(const Ask& wanted);
  void bye() { send(encode(Bye{ByeReason::kDone})); }

  bool is_open() const { return state_ == State::kOpen; }
  const event::DecodeStats& decoded() const { return decoded_; }

 private:
  enum class State : std::uint8_t { kIdle, kAnswer, kHello, kOpen };

  void send(const ByteVector& frame);
  Result<void> read_answer();
  Result<void> take(Bytes frame, std::uint64_t now_ns);
  Result<void> on(const Hello& hello);
  Result<void> on(const HostPart& part);
  Result<void> on(const Batch& batch);
  Result<void> on(const Progress& progress);
  Result<void> on(const Pong& pong, std::uint64_t now_ns);

  WatchEvents& events_;
  State state_ = State::kIdle;
  std::optional<Opening> opening_;
  wg::PublicKey self_;
  std::optional<wg::SecretKey> psk_;
  ByteVector answer_;
  Established session_;
  bool asked_ = false;
  std::string host_text_;
  std::optional<RecordSource> source_;  // once a host frame came
  event::DecodeStats decoded_;
};

}  // namespace wgt::session
