// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/probe_packet.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

namespace wgt::app {
namespace {

using Packet = std::span<const std::uint8_t>;

constexpr std::size_t kIcmpBytes = 8;  // of an echo's header, and in front of what is quoted
constexpr std::size_t kIpv6Bytes = 40;

std::uint16_t get16(Packet bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

void put16(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

std::uint16_t checksum(Packet bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2)
    sum += static_cast<std::uint32_t>(bytes[i]) << 8U | (i + 1 < bytes.size() ? bytes[i + 1] : 0U);
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

// What is behind an IPv4 header; empty: that is cut off.
Packet behind_ipv4(Packet packet) {
  const std::size_t header = packet.empty() ? 0 : (packet[0] & 15U) * 4U;
  return header < 20 || packet.size() < header ? Packet{} : packet.subspan(header);
}

bool is_error(std::uint8_t version, std::uint8_t type) {
  if (version == 4)
    return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
  return type == ICMPV6_DEST_UNREACH || type == ICMPV6_PKT_TOOBIG || type == ICMPV6_TIME_EXCEED ||
         type == ICMPV6_PARAMPROB;
}

std::uint32_t mtu_of(std::uint8_t version, Packet icmp) {
  if (version == 4) return icmp[1] == ICMP_FRAG_NEEDED ? get16(icmp, 6) : 0U;
  if (icmp[0] != ICMPV6_PKT_TOOBIG) return 0;
  return static_cast<std::uint32_t>(get16(icmp, 4)) << 16U | get16(icmp, 6);
}

// The probe that an error quotes, as it was sent; an extension header in it is a fragment's.
struct Quoted {
  std::uint8_t proto = 0;
  Packet payload = {};
};
std::optional<Quoted> quoted(Packet packet, const IpAddress& to) {
  Quoted result;
  if (to.version == 4) {
    result.payload = behind_ipv4(packet);
    if (result.payload.empty() ||
        !std::ranges::equal(packet.subspan(16, 4), Packet(to.bytes).first(4)))
      return std::nullopt;
    result.proto = packet[9];
    return result;
  }
  if (packet.size() < kIpv6Bytes || !std::ranges::equal(packet.subspan(24, 16), Packet(to.bytes)))
    return std::nullopt;
  result.proto = packet[6];
  result.payload = packet.subspan(kIpv6Bytes);
  if (result.proto == IPPROTO_FRAGMENT && result.payload.size() >= kIcmpBytes) {
    result.proto = result.payload[0];
    result.payload = result.payload.subspan(kIcmpBytes);
  }
  return result;
}

bool has_echo(std::uint8_t version, std::uint8_t proto, Packet payload) {
  const bool icmp = proto == (version == 4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6});
  return icmp && payload.size() >= kIcmpBytes &&
         payload[0] == (version == 4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST);
}

}  // namespace

std::vector<std::uint8_t> echo_request(std::uint8_t ip_version, std::uint16_t id,
                                       std::uint16_t number, std::size_t size) {
  std::vector<std::uint8_t> packet(kIcmpBytes + size);
  packet[0] = ip_version == 4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST;
  put16(packet, 4, id);
  put16(packet, 6, number);
  if (ip_version == 4) put16(packet, 2, checksum(packet));
  return packet;
}

std::optional<HeardIcmp> hear(std::span<const std::uint8_t> packet, const IpAddress& from,
                              const IpAddress& to) {
  const bool v4 = to.version == 4;
  const Packet icmp = v4 ? behind_ipv4(packet) : packet;
  if (icmp.size() < kIcmpBytes) return std::nullopt;
  HeardIcmp heard;
  if (icmp[0] == (v4 ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY)) {
    if (from != to) return std::nullopt;
    heard.id = get16(icmp, 4);
    heard.number = get16(icmp, 6);
    return heard;
  }
  if (!is_error(to.version, icmp[0])) return std::nullopt;
  heard.error = event::IcmpError{to.version, icmp[0], icmp[1], false};
  heard.mtu = mtu_of(to.version, icmp);
  const auto probe = quoted(icmp.subspan(kIcmpBytes), to);
  if (!probe) return std::nullopt;
  if (has_echo(to.version, probe->proto, probe->payload)) {
    heard.id = get16(probe->payload, 4);
    heard.number = get16(probe->payload, 6);
    return heard;
  }
  if (probe->proto != IPPROTO_TCP || probe->payload.size() < 4) return std::nullopt;
  heard.local_port = get16(probe->payload, 0);
  heard.port = get16(probe->payload, 2);
  return heard;
}

}  // namespace wgt::app
