// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/listen_end.h"

#include <algorithm>

#include "plugin/source/recording/payload.h"

namespace wgt::session {
namespace {

// Small enough to leave soon, large enough that its seal costs little.
constexpr std::size_t kBatchBytes = std::size_t{16} * 1024;
static_assert(kBatchBytes + kMaxRecordBytes <= kMaxFrameBytes);

Error out_of_turn(const char* what) {
  return make_error(Errc::kProtocol, std::string(what) + " comes out of turn");
}

}  // namespace

void ListenEnd::send(const ByteVector& frame) {
  ByteVector message;
  session_.transport.seal(frame, message);
  events_.send(message);
}

Result<void> ListenEnd::receive(Bytes bytes, std::uint64_t now_ns) {
  if (state_ == State::kOpening) {
    const std::size_t take = std::min(kOpeningBytes - opening_.size(), bytes.size());
    ByteWriter(opening_).bytes(bytes.first(take));
    bytes = bytes.subspan(take);
    if (opening_.size() < kOpeningBytes) return {};
    WGT_TRY_VOID(read_opening());
  }
  return session_.transport.open(bytes, [&](Bytes frame) { return take(frame, now_ns); });
}

Result<void> ListenEnd::read_opening() {
  if (!is_for(opening_, events_.public_key()))
    return make_error(Errc::kInvalid, "it means another public key than this interface's");
  WGT_TRY(const KeyPair self, events_.key_pair());
  WGT_TRY(Answer answer, answer_opening(opening_, self, random_key_pair()));
  WGT_TRY(psk_, events_.admit(answer.established.remote, answer.ephemeral));
  session_ = std::move(answer.established);
  state_ = State::kHello;
  events_.send(answer.bytes);
  return {};
}

Result<void> ListenEnd::take(Bytes bytes, std::uint64_t now_ns) {
  WGT_TRY(const Frame frame, decode_frame(bytes));
  if (const auto* hello = std::get_if<Hello>(&frame)) {
    if (state_ != State::kHello) return out_of_turn("hello");
    on(*hello);
    return {};
  }
  if (state_ != State::kOpen) return out_of_turn("a frame before hello");
  if (const auto* ping = std::get_if<Ping>(&frame)) {
    send(encode(Pong{ping->t1, now_ns, now_ns}));
    return {};
  }
  if (const auto* ask = std::get_if<Ask>(&frame)) {
    if (asked_) return out_of_turn("a second wish");
    asked_ = true;
    return events_.asked(*ask);
  }
  if (const auto* bye = std::get_if<Bye>(&frame))
    return make_error(Errc::kNotFound, bye_words(bye->reason));
  return out_of_turn("a frame of a listener's");
}

void ListenEnd::on(const Hello& hello) {
  state_ = State::kOpen;
  const PskMatch match = compare_psk(hello.proof, *psk_, Role::kWatcher, session_.hash);
  send(encode(Hello{prove_psk(*psk_, Role::kListener, session_.hash)}));
  psk_.reset();
  events_.opened(match);
}

void ListenEnd::host(const event::HostInfo& info) {
  flush();
  for (const ByteVector& part : encode_host(recording::host_to_json(info))) send(part);
}

void ListenEnd::add(const event::Event& event, std::uint64_t location) {
  if (batch_.empty()) {
    batch_ = begin_batch();
    encoder_.restart();
  }
  encoder_.add(event, location, batch_);
  if (batch_.size() >= kBatchBytes) flush();
}

void ListenEnd::flush() {
  if (batch_.empty()) return;
  send(batch_);
  batch_.clear();
}

void ListenEnd::progress(const Progress& progress) {
  flush();
  send(encode(progress));
}

void ListenEnd::bye(ByeReason reason) {
  flush();
  send(encode(Bye{reason}));
}

}  // namespace wgt::session
