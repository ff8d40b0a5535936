// SPDX-License-Identifier: GPL-2.0-only
// What readers and writers of recordings share; wg-trace-recording.5 says what it means.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "plugin/event/event.h"
#include "plugin/event/host_info.h"

namespace wgt::recording {

inline constexpr std::array<std::uint8_t, 8> kMagic = {0x89, 'W', 'G', 'T', '\r', '\n', 0x1a, '\n'};
inline constexpr std::uint32_t kByteOrderMark = 0x01020304;
inline constexpr std::uint16_t kFormatVersion = 2;
inline constexpr std::size_t kHeaderBytes = 20;
inline constexpr std::uint32_t kMaxJsonBytes = 1U << 20U;

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

// A place where what was written is not there any more; reading goes on behind it.
struct Damage {
  std::uint64_t offset = 0;   // in the file
  std::string what;           // "wrong checksum of a block"
  std::uint64_t records = 0;  // that are missing; 0: not known
};

using Frame =
    std::variant<event::HostInfo, std::vector<event::Event>, LostReport, EndSummary, Damage>;

// zlib's.
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace wgt::recording
