// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/frame.h"

#include <netinet/in.h>

#include <algorithm>

namespace wgt::sink::pcapng {
namespace {

constexpr std::size_t kEthernetBytes = 14;
constexpr std::size_t kIpv4Bytes = 20;
constexpr std::size_t kIpv6Bytes = 40;
constexpr std::size_t kIpv4Checksum = 10;  // where it stands
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr std::uint32_t kMostLength = 0xffff;
constexpr std::uint8_t kDataMessage = 4;  // of WireGuard

void put_big(std::string& out, std::uint8_t byte) { out += static_cast<char>(byte); }
void put_big(std::string& out, std::uint16_t number) {
  put_big(out, static_cast<std::uint8_t>(number >> 8U));
  put_big(out, static_cast<std::uint8_t>(number));
}
void put_big(std::string& out, std::uint32_t number) {
  put_big(out, static_cast<std::uint16_t>(number >> 16U));
  put_big(out, static_cast<std::uint16_t>(number));
}

void put_address(std::string& out, const IpAddress& address) {
  const std::size_t bytes = address.version == 4 ? 4 : 16;
  for (std::size_t i = 0; i < bytes; i++) put_big(out, address.bytes[i]);
}

std::size_t ip_bytes(const event::Tuple& tuple) {
  return tuple.src.version == 4 ? kIpv4Bytes : kIpv6Bytes;
}

std::uint16_t checksum(std::string_view header) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < header.size(); i += 2)
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(header[i])) << 8U |
           static_cast<unsigned char>(header[i + 1]);
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

std::string ipv4_header(const event::Tuple& tuple, std::uint32_t length) {
  std::string header;
  put_big(header, std::uint8_t{0x45});
  put_big(header, tuple.tos);
  put_big(header, static_cast<std::uint16_t>(length));
  put_big(header, tuple.id);
  put_big(header, std::uint16_t{0});
  put_big(header, tuple.ttl);
  put_big(header, tuple.proto);
  put_big(header, std::uint16_t{0});
  put_address(header, tuple.src);
  put_address(header, tuple.dst);
  std::string sum;
  put_big(sum, checksum(header));
  return header.replace(kIpv4Checksum, sum.size(), sum);
}

std::string ipv6_header(const event::Tuple& tuple, std::uint32_t length) {
  std::string header;
  put_big(header, static_cast<std::uint32_t>(0x60000000U | std::uint32_t{tuple.tos} << 20U));
  put_big(header, static_cast<std::uint16_t>(length - kIpv6Bytes));
  put_big(header, tuple.proto);
  put_big(header, tuple.ttl);
  put_address(header, tuple.src);
  put_address(header, tuple.dst);
  return header;
}

// payload: what is known behind the IP header.
Frame frame(const event::Tuple& tuple, const std::string& payload) {
  const bool is_ipv4 = tuple.src.version == 4;
  const auto known = static_cast<std::uint32_t>(ip_bytes(tuple) + payload.size());
  // Without its length it is at least as long as what is known of it.
  const std::uint32_t length = std::clamp(tuple.len, known, kMostLength);
  Frame result;
  result.bytes.assign(kEthernetBytes - 2, '\0');
  put_big(result.bytes, is_ipv4 ? kEtherTypeIpv4 : kEtherTypeIpv6);
  result.bytes += is_ipv4 ? ipv4_header(tuple, length) : ipv6_header(tuple, length);
  result.bytes += payload;
  result.length = static_cast<std::uint32_t>(kEthernetBytes) + length;
  return result;
}

// Whether a packet of its length can have so much behind the IP header.
bool has_room(const event::Tuple& tuple, std::size_t bytes) {
  return tuple.len == 0 || tuple.len >= ip_bytes(tuple) + bytes;
}

std::string inner_payload(const event::Tuple& tuple) {
  std::string known;
  if (event::is_icmp(tuple)) {
    put_big(known, tuple.icmp_type);
    put_big(known, tuple.icmp_code);
    if (event::is_icmp_echo(tuple)) {
      put_big(known, std::uint16_t{0});
      put_big(known, tuple.icmp_id);
      put_big(known, tuple.icmp_seq);
    }
  } else if (tuple.src_port != 0 || tuple.dst_port != 0) {
    put_big(known, tuple.src_port);
    put_big(known, tuple.dst_port);
    if (tuple.proto == IPPROTO_TCP) put_big(known, tuple.seq);
  }
  return has_room(tuple, known.size()) ? known : "";
}

std::string outer_payload(const event::Tuple& tuple, const std::optional<event::PacketKey>& key) {
  std::string known;
  put_big(known, tuple.src_port);
  put_big(known, tuple.dst_port);
  if (tuple.len < ip_bytes(tuple) + 8 || tuple.len > kMostLength) return known;
  put_big(known, static_cast<std::uint16_t>(tuple.len - ip_bytes(tuple)));
  if (!key || !has_room(tuple, 24)) return known;
  put_big(known, std::uint16_t{0});
  put_big(known, kDataMessage);
  known.append(3, '\0');
  for (unsigned byte = 0; byte < 4; byte++)
    put_big(known, static_cast<std::uint8_t>(key->receiver_index >> (8 * byte)));
  for (unsigned byte = 0; byte < 8; byte++)
    put_big(known, static_cast<std::uint8_t>(key->counter >> (8 * byte)));
  return known;
}

}  // namespace

Frame inner_frame(const event::Tuple& tuple) { return frame(tuple, inner_payload(tuple)); }

Frame outer_frame(const event::Tuple& tuple, const std::optional<event::PacketKey>& key) {
  return frame(tuple, outer_payload(tuple, key));
}

}  // namespace wgt::sink::pcapng
