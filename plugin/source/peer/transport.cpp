// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/transport.h"

#include <algorithm>

namespace wgt::session {
namespace {

constexpr std::size_t kLengthBytes = 2;

void rekey_if_due(CipherState& cipher) {
  if (cipher.number() % kMessagesPerKey == 0) cipher.rekey();
}

}  // namespace

void Transport::seal(Bytes frame, ByteVector& out) {
  ByteWriter(out).number(static_cast<std::uint16_t>(frame.size() + kTagBytes));
  send_.encrypt({}, frame, out);
  rekey_if_due(send_);
}

Result<void> Transport::open(Bytes received, const OnFrame& on_frame) {
  while (!received.empty()) {
    // Not more than the message that is being put together.
    std::size_t whole = kLengthBytes;
    if (waiting_.size() >= kLengthBytes)
      whole += ByteReader(Bytes(waiting_)).number<std::uint16_t>();
    const std::size_t take = std::min(whole - waiting_.size(), received.size());
    waiting_.insert(waiting_.end(), received.begin(),
                    received.begin() + static_cast<std::ptrdiff_t>(take));
    received = received.subspan(take);
    if (waiting_.size() < kLengthBytes) continue;
    const std::size_t sealed = ByteReader(Bytes(waiting_)).number<std::uint16_t>();
    if (sealed <= kTagBytes) return make_error(Errc::kCorrupt, "a message that is too short");
    if (waiting_.size() < kLengthBytes + sealed) continue;
    WGT_TRY_VOID(open_one(Bytes(waiting_).subspan(kLengthBytes), on_frame));
    waiting_.clear();
  }
  return {};
}

Result<void> Transport::open_one(Bytes sealed, const OnFrame& on_frame) {
  plain_.clear();
  if (!receive_.decrypt({}, sealed, plain_))
    return make_error(Errc::kCorrupt, "message " + std::to_string(receive_.number()) +
                                          " is not what the other end sealed");
  rekey_if_due(receive_);
  return on_frame(plain_);
}

}  // namespace wgt::session
