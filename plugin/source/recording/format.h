// SPDX-License-Identifier: GPL-2.0-only
// What reader and writer share; format.md says what it means.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace wgt::recording {

inline constexpr std::array<unsigned char, 8> kMagic = {0x89, 'W',  'G',  'T',
                                                        '\r', '\n', 0x1a, '\n'};
inline constexpr std::uint32_t kByteOrderMark = 0x01020304;
inline constexpr std::uint16_t kFormatVersion = 1;
inline constexpr std::size_t kHeaderBytes = 20;
inline constexpr std::size_t kFrameHeadBytes = 12;
inline constexpr std::size_t kCrcBytes = 4;
inline constexpr std::uint32_t kMaxPayloadBytes = 1U << 20U;

enum class FrameType : std::uint32_t { kHost = 1, kRecords = 2, kLost = 3, kEnd = 4 };

// What the producer could not write since watching began.
struct LostReport {
  std::uint64_t mono_ns = 0;  // when the counts were read
  std::map<std::string, std::uint64_t> by_cause;

  std::uint64_t total() const;
};

struct EndSummary {
  std::uint64_t watch_ended_mono_ns = 0;
  std::uint64_t records = 0;
  std::uint64_t filtered = 0;
  std::uint64_t lost = 0;
};

std::uint32_t crc32(std::span<const std::byte> bytes);

// Little endian. `bytes` must hold that many.
std::uint16_t get_u16(std::span<const std::byte> bytes);
std::uint32_t get_u32(std::span<const std::byte> bytes);
void put_u16(std::uint16_t value, std::string& out);
void put_u32(std::uint32_t value, std::string& out);

}  // namespace wgt::recording
