// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/blocks.h"

#include <algorithm>

namespace wgt::sink::pcapng {
namespace {

enum class BlockType : std::uint32_t {
  kInterface = 1,
  kStatistics = 5,
  kPacket = 6,
  kSection = 0x0a0d0d0a,
};

// Options, by block; opt_comment is in all of them.
enum Option : std::uint16_t {
  kComment = 1,
  kSectionApplication = 4,
  kInterfaceName = 2,
  kInterfaceDescription = 3,
  kInterfaceResolution = 9,
  kPacketFlags = 2,
  kPacketId = 5,
  kLostBySystem = 7,
};

constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;
constexpr std::uint16_t kEthernet = 1;
constexpr char kNanoseconds = 9;  // powers of ten

template <class Number>
void put_little(std::string& out, Number number) {
  for (std::size_t byte = 0; byte < sizeof number; byte++)
    out += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * byte));
}

void put_time(std::string& out, std::int64_t ns) {
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
  put_little(out, static_cast<std::uint32_t>(time >> 32U));
  put_little(out, static_cast<std::uint32_t>(time));
}

void pad(std::string& out) { out.append((4 - out.size() % 4) % 4, '\0'); }

// Never in the middle of a character.
std::string_view bounded(std::string_view text) {
  if (text.size() <= kMostText) return text;
  std::size_t end = kMostText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) end--;
  return text.substr(0, end);
}

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
  put_little(out, code);
  put_little(out, static_cast<std::uint16_t>(value.size()));
  out += value;
  pad(out);
}

void put_text(std::string& out, std::uint16_t code, std::string_view text) {
  if (!text.empty()) put_option(out, code, bounded(text));
}

template <class Number>
void put_number(std::string& out, std::uint16_t code, Number number) {
  std::string value;
  put_little(value, number);
  put_option(out, code, value);
}

// body: a multiple of four bytes, the last option not ended yet.
std::string block(BlockType type, std::string body) {
  put_little(body, std::uint32_t{0});  // opt_endofopt
  const auto length = static_cast<std::uint32_t>(body.size() + 12);
  std::string out;
  out.reserve(length);
  put_little(out, static_cast<std::uint32_t>(type));
  put_little(out, length);
  out += body;
  put_little(out, length);
  return out;
}

}  // namespace

std::string section_header(std::string_view comment) {
  std::string body;
  put_little(body, kByteOrder);
  put_little(body, std::uint16_t{1});  // version 1.0
  put_little(body, std::uint16_t{0});
  put_little(body, std::int64_t{-1});  // until the end
  put_text(body, kComment, comment);
  put_text(body, kSectionApplication, "wg-trace");
  return block(BlockType::kSection, std::move(body));
}

std::string interface_description(std::string_view name, std::string_view description) {
  std::string body;
  put_little(body, kEthernet);
  put_little(body, std::uint16_t{0});
  put_little(body, std::uint32_t{0});  // of any length
  put_text(body, kInterfaceName, name);
  put_text(body, kInterfaceDescription, description);
  put_option(body, kInterfaceResolution, std::string_view(&kNanoseconds, 1));
  return block(BlockType::kInterface, std::move(body));
}

std::string enhanced_packet(const Packet& packet) {
  std::string body;
  put_little(body, packet.interface);
  put_time(body, packet.wall_ns);
  put_little(body, static_cast<std::uint32_t>(packet.frame.bytes.size()));
  put_little(body, packet.frame.length);
  body += packet.frame.bytes;
  pad(body);
  put_number(body, kPacketFlags, static_cast<std::uint32_t>(packet.direction));
  if (packet.id) put_number(body, kPacketId, *packet.id);
  put_text(body, kComment, packet.comment);
  return block(BlockType::kPacket, std::move(body));
}

std::string interface_statistics(std::uint32_t interface, std::uint64_t not_written) {
  std::string body;
  put_little(body, interface);
  put_time(body, 0);
  put_number(body, kLostBySystem, not_written);
  return block(BlockType::kStatistics, std::move(body));
}

}  // namespace wgt::sink::pcapng
