// SPDX-License-Identifier: GPL-2.0-only
// The watcher's state machine against a dishonest listener: the input is the texts of its frames,
// sealed as a genuine session would; or, if the first byte is even, raw bytes.
#include <cstdlib>

#include "tests/plugin/source/peer/two_ends.h"

using namespace wgt;
using namespace wgt::session;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const KeyPair kWatcher = random_key_pair();
  static const KeyPair kListener = random_key_pair();
  if (size == 0) return 0;
  Watcher watcher;
  if (!watcher.end.begin(copy_of(kWatcher), random_key_pair(), kListener.pub, wg::SecretKey()))
    std::abort();
  ByteReader in(Bytes(data + 1, size - 1));
  if (data[0] % 2 == 0) {
    (void)watcher.end.receive(Bytes(data + 1, size - 1), 1);
    if (watcher.end.is_open()) std::abort();
    return 0;
  }
  auto answer = answer_opening(watcher.sent, kListener, random_key_pair());
  if (!answer || !watcher.end.receive(answer->bytes, 1)) std::abort();
  bool asked = false;
  while (in.ok() && !in.empty()) {
    const Bytes frame = in.bytes(in.number<std::uint16_t>());
    if (!in.ok() || frame.empty()) return 0;
    ByteVector bytes;
    answer->established.transport.seal(frame, bytes);
    if (!watcher.end.receive(bytes, 2)) return 0;
    if (watcher.end.is_open() && !asked) watcher.end.ask({});
    asked = watcher.end.is_open();
  }
  for (const event::Event& event : watcher.got)
    if (static_cast<unsigned>(event::verdict_of(event)) >= event::kVerdicts) std::abort();
  return 0;
}
