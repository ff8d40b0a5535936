// SPDX-License-Identifier: GPL-2.0-only
// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), little endian, as much as is written
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wgt::sink::pcapng {

// An option has 16 bits for its length, and no reader needs more than this of a comment.
inline constexpr std::size_t kMostText = 8192;

// A frame, or the beginning of it.
struct Frame {
  std::string bytes;         // from the Ethernet header on; what is not known is cut off
  std::uint32_t length = 0;  // that it had as a whole, with its Ethernet header
};

enum class Direction : std::uint8_t { kIn = 1, kOut = 2 };  // the low bits of epb_flags

struct Packet {
  std::uint32_t interface = 0;  // counted from the first description on
  std::int64_t wall_ns = 0;     // CLOCK_REALTIME
  Frame frame;
  Direction direction = Direction::kOut;
  std::optional<std::uint64_t> id;  // the same of the same packet at each place
  std::string comment;
};

// Texts are UTF-8; what is beyond kMostText bytes is left out.
std::string section_header(std::string_view comment);
// Ethernet, of any length, times in nanoseconds.
std::string interface_description(std::string_view name, std::string_view description);
std::string enhanced_packet(const Packet& packet);
// not_written: packets that were lost before they could be written.
std::string interface_statistics(std::uint32_t interface, std::uint64_t not_written);

}  // namespace wgt::sink::pcapng
