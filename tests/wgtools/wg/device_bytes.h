// SPDX-License-Identifier: GPL-2.0-only
//
// A WireGuard interface as the kernel writes it into netlink messages.
#pragma once

#include <linux/time_types.h>
#include <linux/wireguard.h>
#include <netinet/in.h>

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/netlink_bytes.h"
#include "wgtools/base/ip.h"
#include "wgtools/wg/device_parser.h"

namespace wgt::wg {

using test::Attrs;
using test::ByteVector;
using test::generic_message;
using KeyBytes = std::array<std::uint8_t, WG_KEY_LEN>;

inline constexpr std::uint8_t kPrivate = 0xd1;
inline constexpr std::uint8_t kPreshared = 0xd2;

inline KeyBytes key_of(std::uint8_t byte) {
  KeyBytes key;
  key.fill(byte);
  return key;
}

inline Attrs allowed_ip(std::string_view text, std::uint8_t length) {
  const IpAddress address = parse_ip(text).value();
  const bool is_ipv4 = address.version == 4;
  const std::span<const std::uint8_t> bytes(address.bytes.data(), is_ipv4 ? 4 : 16);
  return Attrs()
      .value(WGALLOWEDIP_A_FAMILY, static_cast<std::uint16_t>(is_ipv4 ? AF_INET : AF_INET6))
      .raw(WGALLOWEDIP_A_IPADDR, std::as_bytes(bytes))
      .value(WGALLOWEDIP_A_CIDR_MASK, length);
}

inline Attrs ten_slash_24(std::uint8_t first, std::uint8_t last) {
  Attrs list;
  for (int i = first; i <= last; ++i) {
    list.nest(0, allowed_ip("10.0." + std::to_string(i) + ".0", 24));
  }
  return list;
}

inline sockaddr_in ipv4_endpoint() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(51820);
  address.sin_addr.s_addr = htonl(0xc0000201);
  return address;
}

inline sockaddr_in6 ipv6_endpoint() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(51821);
  address.sin6_addr.s6_addr[0] = 0xfe;
  address.sin6_addr.s6_addr[1] = 0x80;
  address.sin6_addr.s6_addr[15] = 1;
  address.sin6_scope_id = 2;
  return address;
}

inline Attrs device_header() {
  return Attrs()
      .value(WGDEVICE_A_LISTEN_PORT, std::uint16_t{51820})
      .value(WGDEVICE_A_FWMARK, std::uint32_t{0xca6c})
      .value(WGDEVICE_A_IFINDEX, std::uint32_t{7})
      .text(WGDEVICE_A_IFNAME, "wg0")
      .value(WGDEVICE_A_PRIVATE_KEY, key_of(kPrivate))
      .value(WGDEVICE_A_PUBLIC_KEY, key_of(0xa0));
}

// A peer as the kernel writes it, in its order.
inline Attrs whole_peer(std::uint8_t key, const Attrs& allowed_ips) {
  return Attrs()
      .value(WGPEER_A_PUBLIC_KEY, key_of(key))
      .value(WGPEER_A_PRESHARED_KEY, key_of(kPreshared))
      .value(WGPEER_A_LAST_HANDSHAKE_TIME, __kernel_timespec{1'700'000'000, 123'456'789})
      .value(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, std::uint16_t{25})
      .value(WGPEER_A_TX_BYTES, std::uint64_t{0x1'0000'0002})
      .value(WGPEER_A_RX_BYTES, std::uint64_t{148})
      .value(WGPEER_A_PROTOCOL_VERSION, std::uint32_t{1})
      .value(WGPEER_A_ENDPOINT, ipv4_endpoint())
      .nest(WGPEER_A_ALLOWEDIPS, allowed_ips);
}

inline Attrs continued_peer(std::uint8_t key, const Attrs& allowed_ips) {
  return Attrs().value(WGPEER_A_PUBLIC_KEY, key_of(key)).nest(WGPEER_A_ALLOWEDIPS, allowed_ips);
}

inline Attrs peers_only(std::initializer_list<Attrs> peers) {
  Attrs list;
  for (const Attrs& peer : peers) list.nest(0, peer);
  return Attrs().nest(WGDEVICE_A_PEERS, list);
}

inline Attrs device_with(std::initializer_list<Attrs> peers) {
  Attrs list;
  for (const Attrs& peer : peers) list.nest(0, peer);
  return device_header().nest(WGDEVICE_A_PEERS, list);
}

inline Result<Device> parse(const std::vector<Attrs>& messages) {
  DeviceParser parser;
  for (const Attrs& attrs : messages) {
    // A copy of exact size on the heap, so that the address sanitizer sees every read behind it.
    const ByteVector bytes = generic_message(attrs);
    WGT_TRY_VOID(parser.add(bytes));
  }
  return std::move(parser).finish();
}

}  // namespace wgt::wg
