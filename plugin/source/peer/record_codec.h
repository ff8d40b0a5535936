// SPDX-License-Identifier: GPL-2.0-only
// Records in a batch (wire.md, "Records"): about a third of what the kernel side writes. What the
// session itself proves is not sent: the peer, the interface. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "plugin/event/from_abi.h"
#include "wgtools/base/bytes.h"
#include "wgtools/base/result.h"
#include "wgtools/wg/key.h"

namespace wgt::session {

// No record is longer than this on the wire.
inline constexpr std::size_t kMaxRecordBytes = 256;

class RecordEncoder {
 public:
  // Appends it to a batch. `location`: what stands for its drop_location, 0: none.
  void add(const event::Event& event, std::uint64_t location, ByteVector& batch);
  // The next record is a batch's first.
  void restart() { before_ns_ = 0; }

 private:
  std::uint64_t before_ns_ = 0;
};

// Whose records they are, as the handshake proved it and the first host frame named it.
struct RecordSource {
  event::DeviceKey device;  // the listener's interface
  wg::PublicKey peer;       // the listener's peer, the watcher itself
};

// Errors: kCorrupt for bytes that are no batch. A record that does not decode (a verdict of a
// later wg-trace) is counted in `stats` and left out.
Result<std::vector<event::Event>> decode_batch(Bytes batch, const RecordSource& source,
                                               event::DecodeStats& stats);

}  // namespace wgt::session
