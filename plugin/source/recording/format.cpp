// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/format.h"

#include <libdeflate.h>

namespace wgt::recording {

std::uint64_t LostReport::total() const {
  std::uint64_t sum = 0;
  for (const auto& [cause, count] : by_cause) sum += count;
  return sum;
}

std::uint32_t crc32(std::span<const std::byte> bytes) {
  // Sixteen bytes in a few instructions; zlib's was two thirds of what the reader costs.
  return ::libdeflate_crc32(0, bytes.data(), bytes.size());
}

std::uint16_t get_u16(std::span<const std::byte> bytes) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[0]) |
                                    std::to_integer<unsigned>(bytes[1]) << 8U);
}

std::uint32_t get_u32(std::span<const std::byte> bytes) {
  return get_u16(bytes) | static_cast<std::uint32_t>(get_u16(bytes.subspan(2))) << 16U;
}

void put_u16(std::uint16_t value, std::string& out) {
  out.push_back(static_cast<char>(value & 0xffU));
  out.push_back(static_cast<char>(value >> 8U));
}

void put_u32(std::uint32_t value, std::string& out) {
  put_u16(static_cast<std::uint16_t>(value), out);
  put_u16(static_cast<std::uint16_t>(value >> 16U), out);
}

}  // namespace wgt::recording
