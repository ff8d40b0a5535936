// SPDX-License-Identifier: GPL-2.0-only
// The listener's state machine against a watcher that holds a genuine key and sends what it likes:
// the first byte says whether the input is the raw bytes of a connection, or the texts of frames
// that are sealed as a genuine session would.
#include <cstdlib>

#include "tests/plugin/source/peer/two_ends.h"

using namespace wgt;
using namespace wgt::session;

namespace {

// Key pairs are made once: that is what costs.
struct Keys {
  KeyPair watcher = random_key_pair();
  KeyPair listener = random_key_pair();
};

void raw(const Keys& keys, Bytes bytes) {
  Listener listener;
  listener.keys = copy_of(keys.listener);
  listener.peer_key = keys.watcher.pub;
  (void)listener.end.receive(bytes, 1);
  if (listener.end.is_open() || !listener.sent.empty()) std::abort();
}

void sealed(const Keys& keys, ByteReader in) {
  Listener listener;
  listener.keys = copy_of(keys.listener);
  listener.peer_key = keys.watcher.pub;
  ByteVector bytes;
  auto opening = Opening::write(copy_of(keys.watcher), random_key_pair(), keys.listener.pub, bytes);
  if (!opening || !listener.end.receive(bytes, 1)) std::abort();
  auto session = opening->read_answer(listener.sent);
  if (!session) std::abort();
  while (in.ok() && !in.empty()) {
    const Bytes frame = in.bytes(in.number<std::uint8_t>());
    if (!in.ok() || frame.empty()) return;
    bytes.clear();
    session->transport.seal(frame, bytes);
    if (!listener.end.receive(bytes, 2)) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Keys kKeys;
  if (size == 0) return 0;
  const Bytes rest(data + 1, size - 1);
  if (data[0] % 2 == 0)
    raw(kKeys, rest);
  else
    sealed(kKeys, ByteReader(rest));
  return 0;
}
