// SPDX-License-Identifier: GPL-2.0-only
// The listener's end of one session (wire.md, "States"): bytes of the connection in, events and
// bytes out. Pure: time and keys come in. After an error it is over, and nothing may be sent.
#pragma once

#include <cstdint>
#include <optional>

#include "plugin/event/host_info.h"
#include "plugin/source/peer/frames.h"
#include "plugin/source/peer/psk.h"
#include "plugin/source/peer/record_codec.h"

namespace wgt::session {

class ListenEvents {
 public:
  virtual void send(Bytes bytes) = 0;
  // This interface's own key; its private key too, when somebody has shown that they know it.
  virtual wg::PublicKey public_key() = 0;
  virtual Result<KeyPair> key_pair() = 0;
  // Whether this peer is answered; the preshared key that is held for it.
  virtual Result<wg::SecretKey> admit(const wg::PublicKey& peer,
                                      const wg::PublicKey& ephemeral) = 0;
  virtual void opened(PskMatch psk) = 0;
  // Until it returns nothing was sent that it asks for. kInvalid: not a filter.
  virtual Result<void> asked(const Ask& wanted) = 0;

 protected:
  ~ListenEvents() = default;
};

class ListenEnd {
 public:
  explicit ListenEnd(ListenEvents& events) : events_(events) {}

  // Errors, for the log only: kInvalid (means another key), kVersion, kCorrupt, kProtocol, those of
  // the events, and kNotFound when the watcher said goodbye.
  Result<void> receive(Bytes bytes, std::uint64_t now_ns);

  bool is_open() const { return state_ == State::kOpen; }
  const wg::PublicKey& peer() const { return session_.remote; }  // once is_open()

  // Once asked; the host first.
  void host(const event::HostInfo& info);
  void add(const event::Event& event, std::uint64_t location);
  void flush();                             // the records that were added
  void progress(const Progress& progress);  // flushes before it
  void bye(ByeReason reason);

 private:
  enum class State : std::uint8_t { kOpening, kHello, kOpen };

  void send(const ByteVector& frame);
  Result<void> read_opening();
  Result<void> take(Bytes frame, std::uint64_t now_ns);
  void on(const Hello& hello);

  ListenEvents& events_;
  State state_ = State::kOpening;
  ByteVector opening_;
  std::optional<wg::SecretKey> psk_;
  Established session_;
  bool asked_ = false;
  RecordEncoder encoder_;
  ByteVector batch_;  // empty: none begun
};

}  // namespace wgt::session
