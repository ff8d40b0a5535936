// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/watch_end.h"

#include <algorithm>

#include "plugin/source/recording/payload.h"

namespace wgt::session {
namespace {

constexpr std::size_t kMaxHostBytes = std::size_t{1} << 20U;

Error out_of_turn(const char* what) {
  return make_error(Errc::kProtocol, std::string(what) + " comes out of turn");
}

}  // namespace

Result<void> WatchEnd::begin(KeyPair self, KeyPair ephemeral, const wg::PublicKey& listener,
                             wg::SecretKey psk) {
  self_ = self.pub;
  psk_ = std::move(psk);
  ByteVector bytes;
  WGT_TRY(opening_, Opening::write(std::move(self), std::move(ephemeral), listener, bytes));
  state_ = State::kAnswer;
  events_.send(bytes);
  return {};
}

void WatchEnd::send(const ByteVector& frame) {
  ByteVector message;
  session_.transport.seal(frame, message);
  events_.send(message);
}

void WatchEnd::ask(const Ask& wanted) {
  asked_ = true;
  send(encode(wanted));
}

Result<void> WatchEnd::receive(Bytes bytes, std::uint64_t now_ns) {
  if (state_ == State::kAnswer) {
    const std::size_t take = std::min(kAnswerBytes - answer_.size(), bytes.size());
    ByteWriter(answer_).bytes(bytes.first(take));
    bytes = bytes.subspan(take);
    if (answer_.size() < kAnswerBytes) return {};
    WGT_TRY_VOID(read_answer());
  }
  return session_.transport.open(bytes, [&](Bytes frame) { return take(frame, now_ns); });
}

Result<void> WatchEnd::read_answer() {
  WGT_TRY(session_, opening_->read_answer(answer_));
  opening_.reset();
  state_ = State::kHello;
  send(encode(Hello{prove_psk(*psk_, Role::kWatcher, session_.hash)}));
  return {};
}

Result<void> WatchEnd::take(Bytes bytes, std::uint64_t now_ns) {
  WGT_TRY(const Frame frame, decode_frame(bytes));
  if (const auto* bye = std::get_if<Bye>(&frame))
    return make_error(Errc::kNotFound,
                      std::string("the other end closed: ") + bye_words(bye->reason));
  if (const auto* hello = std::get_if<Hello>(&frame)) return on(*hello);
  if (state_ != State::kOpen) return out_of_turn("a frame before hello");
  if (const auto* part = std::get_if<HostPart>(&frame)) return on(*part);
  if (const auto* batch = std::get_if<Batch>(&frame)) return on(*batch);
  if (const auto* progress = std::get_if<Progress>(&frame)) return on(*progress);
  if (const auto* pong = std::get_if<Pong>(&frame)) return on(*pong, now_ns);
  return out_of_turn("a frame of a watcher's");
}

Result<void> WatchEnd::on(const Hello& hello) {
  if (state_ != State::kHello) return out_of_turn("hello");
  state_ = State::kOpen;
  const PskMatch match = compare_psk(hello.proof, *psk_, Role::kListener, session_.hash);
  psk_.reset();
  events_.opened(match);
  return {};
}

Result<void> WatchEnd::on(const HostPart& part) {
  if (!asked_) return out_of_turn("a host");
  if (host_text_.size() + part.text.size() > kMaxHostBytes)
    return make_error(Errc::kCorrupt, "a host with too many names");
  host_text_ += part.text;
  if (part.more) return {};
  auto info = recording::host_from_json(host_text_);
  host_text_.clear();
  if (!info) return with_context(info.error(), "a host frame");
  if (info->devices.size() != 1) return make_error(Errc::kCorrupt, "a host without one interface");
  // What the handshake proved, whatever the text says.
  info->devices[0].public_key = session_.remote;
  source_ = RecordSource{info->devices[0].key, self_};
  events_.host(*std::move(info));
  return {};
}

Result<void> WatchEnd::on(const Batch& batch) {
  if (!source_) return out_of_turn("a record");
  WGT_TRY(auto events, decode_batch(batch.records, *source_, decoded_));
  events_.events(events);
  return {};
}

Result<void> WatchEnd::on(const Progress& progress) {
  if (!source_) return out_of_turn("progress");
  if (progress.seen_until_ns > event::kMaxMonoNs)
    return make_error(Errc::kCorrupt, "an impossible time");
  events_.progress(progress);
  return {};
}

Result<void> WatchEnd::on(const Pong& pong, std::uint64_t now_ns) {
  if (pong.t1 > now_ns || pong.t2 > pong.t3 || pong.t3 > event::kMaxMonoNs)
    return make_error(Errc::kCorrupt, "an impossible time");
  events_.compared({pong.t1, pong.t2, pong.t3, now_ns});
  return {};
}

}  // namespace wgt::session
