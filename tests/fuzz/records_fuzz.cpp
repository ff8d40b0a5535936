// SPDX-License-Identifier: GPL-2.0-only
// Any bytes are records that can be trusted, or an error; what decodes encodes to the same records.
#include <cstdlib>

#include "plugin/source/peer/record_codec.h"

using namespace wgt;
using namespace wgt::session;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  RecordSource source;
  source.device = {4, 3};
  source.peer.bytes.fill(0xaa);
  wgt::event::DecodeStats stats;
  const auto records = decode_batch(Bytes(data, size), source, stats);
  if (!records) return 0;
  ByteVector batch;
  RecordEncoder encoder;
  for (const event::Event& event : *records) {
    const std::uint32_t ifindex = event::device_of(event).ifindex;
    if ((ifindex != 0 && ifindex != 3) ||
        static_cast<unsigned>(event::verdict_of(event)) >= event::kVerdicts)
      std::abort();
    const std::size_t before = batch.size();
    const auto* drop = std::get_if<event::StackDrop>(&event);
    encoder.add(event, drop != nullptr ? drop->location : 0, batch);
    if (batch.size() - before > kMaxRecordBytes) std::abort();
  }
  const auto again = decode_batch(batch, source, stats);
  if (!again || *again != *records) std::abort();
  return 0;
}
