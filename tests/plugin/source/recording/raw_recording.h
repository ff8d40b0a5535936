// SPDX-License-Identifier: GPL-2.0-only
// Recordings made by hand: headers, blocks of format 2 and frames of format 1 with right checksums.
#pragma once

#include <cstdint>
#include <string>

#include "plugin/event/from_abi.h"
#include "plugin/source/recording/block_head.h"
#include "plugin/source/recording/format.h"
#include "wgtools/base/bytes.h"

namespace wgt::recording::test {

inline Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string text_of(const ByteVector& bytes) { return {bytes.begin(), bytes.end()}; }

inline std::string header(std::uint16_t version) {
  ByteVector out;
  ByteWriter writer(out);
  writer.bytes(kMagic);
  writer.bytes({reinterpret_cast<const std::uint8_t*>(&kByteOrderMark), 4});
  writer.number(version);
  writer.number(event::kAbiVersion);
  writer.number(static_cast<std::uint32_t>(event::kRecordBytes));
  return text_of(out);
}

// Of format 1.
inline std::string frame(std::uint32_t type, const std::string& payload) {
  ByteVector out;
  ByteWriter writer(out);
  writer.number(type);
  writer.number(static_cast<std::uint32_t>(payload.size()));
  writer.number(crc32(std::as_bytes(Bytes(out))));
  writer.bytes(bytes_of(payload));
  writer.number(crc32(std::as_bytes(bytes_of(payload))));
  return text_of(out);
}

// Of format 2. `head`: what is special about it; sizes and sums are filled in where they are 0.
inline std::string block(BlockHead head, const std::string& body) {
  if (head.stored == 0) head.stored = static_cast<std::uint32_t>(body.size());
  if (head.plain == 0) head.plain = head.stored;
  if (head.body_sum == 0) head.body_sum = crc32(std::as_bytes(bytes_of(body)));
  ByteVector out;
  put_head(std::move(head), out);
  return text_of(out) + body;
}
inline std::string block(unsigned type, std::uint32_t number, const std::string& body) {
  BlockHead head;
  head.type = static_cast<std::uint8_t>(type);
  head.number = number;
  return block(std::move(head), body);
}

}  // namespace wgt::recording::test
