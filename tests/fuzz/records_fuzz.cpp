// SPDX-License-Identifier: GPL-2.0-only
// Any bytes are records that can be trusted, or an error; what decodes encodes to the same records.
#include <cstdlib>
#include <cstring>

#include "plugin/source/peer/record_codec.h"

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
  for (const wgt_record& record : *records) {
    if ((record.device.ifindex != 0 && record.device.ifindex != 3) ||
        record.verdict >= event::kVerdicts)
      std::abort();
    const std::size_t before = batch.size();
    encoder.add(record, record.drop_location, batch);
    if (batch.size() - before > kMaxRecordBytes) std::abort();
  }
  const auto again = decode_batch(batch, source, stats);
  if (!again || again->size() != records->size()) std::abort();
  for (std::size_t i = 0; i < records->size(); i++)
    if (std::memcmp(&(*again)[i], &(*records)[i], sizeof(wgt_record)) != 0) std::abort();
  return 0;
}
