// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/device_parser.h"

#include <linux/genetlink.h>
#include <linux/time_types.h>
#include <linux/wireguard.h>
#include <netinet/in.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "wgtools/base/time.h"

namespace wgt::wg {
namespace {

static_assert(sizeof(PublicKey::bytes) == WG_KEY_LEN);

template <std::integral T>
Result<void> read_into(T& target, const NetlinkAttr& attr, std::string_view name) {
  WGT_TRY(target, read_number<T>(attr, name));
  return {};
}

Result<void> read_into(PublicKey& target, const NetlinkAttr& attr, std::string_view name) {
  WGT_TRY_VOID(check_length(attr, WG_KEY_LEN, name));
  std::memcpy(target.bytes.data(), attr.payload.data(), WG_KEY_LEN);
  return {};
}

// The kernel writes an all-zero key where there is none.
Result<void> read_presence(bool& present, const NetlinkAttr& attr, std::string_view name) {
  WGT_TRY_VOID(check_length(attr, WG_KEY_LEN, name));
  present = sodium_is_zero(reinterpret_cast<const unsigned char*>(attr.payload.data()),
                           attr.payload.size()) == 0;
  return {};
}

template <class Sockaddr>
Result<Sockaddr> read_sockaddr(const NetlinkAttr& attr) {
  WGT_TRY_VOID(check_length(attr, sizeof(Sockaddr), "WGPEER_A_ENDPOINT"));
  Sockaddr address;
  std::memcpy(&address, attr.payload.data(), sizeof(address));
  return address;
}

IpAddress address_of(const in_addr& address) {
  std::array<std::uint8_t, 4> bytes;
  std::memcpy(bytes.data(), &address, bytes.size());
  return make_ipv4(bytes);
}

IpAddress address_of(const in6_addr& address) {
  std::array<std::uint8_t, 16> bytes;
  std::memcpy(bytes.data(), &address, bytes.size());
  return make_ipv6(bytes);
}

// nullopt for a family other than IPv4 and IPv6: the peer has no usable endpoint.
Result<std::optional<Endpoint>> read_endpoint(const NetlinkAttr& attr) {
  sa_family_t family = AF_UNSPEC;
  if (attr.payload.size() < sizeof(family)) return corrupt("WGPEER_A_ENDPOINT", "no family");
  std::memcpy(&family, attr.payload.data(), sizeof(family));
  if (family == AF_INET) {
    WGT_TRY(const auto address, read_sockaddr<sockaddr_in>(attr));
    return Endpoint{.address = address_of(address.sin_addr), .port = ntohs(address.sin_port)};
  }
  if (family == AF_INET6) {
    WGT_TRY(const auto address, read_sockaddr<sockaddr_in6>(attr));
    return Endpoint{.address = address_of(address.sin6_addr),
                    .port = ntohs(address.sin6_port),
                    .scope_id = address.sin6_scope_id};
  }
  return std::optional<Endpoint>();
}

Result<void> read_last_handshake(Peer& peer, const NetlinkAttr& attr) {
  WGT_TRY_VOID(check_length(attr, sizeof(__kernel_timespec), "WGPEER_A_LAST_HANDSHAKE_TIME"));
  __kernel_timespec time;
  std::memcpy(&time, attr.payload.data(), sizeof(time));
  if (time.tv_nsec < 0 || time.tv_nsec >= kNsPerSecond) {
    return corrupt("WGPEER_A_LAST_HANDSHAKE_TIME", "impossible nanoseconds");
  }
  peer.last_handshake_unix_s = time.tv_sec;
  peer.last_handshake_ns = static_cast<std::uint32_t>(time.tv_nsec);
  return {};
}

Result<IpAddress> read_address(const NetlinkAttr& attr) {
  if (attr.payload.size() == sizeof(in_addr)) {
    in_addr address;
    std::memcpy(&address, attr.payload.data(), sizeof(address));
    return address_of(address);
  }
  WGT_TRY_VOID(check_length(attr, sizeof(in6_addr), "WGALLOWEDIP_A_IPADDR"));
  in6_addr address;
  std::memcpy(&address, attr.payload.data(), sizeof(address));
  return address_of(address);
}

Result<IpPrefix> read_allowed_ip(Bytes bytes) {
  std::uint16_t family = AF_UNSPEC;
  std::optional<std::uint8_t> length;
  IpPrefix prefix;
  WGT_TRY_VOID(for_each_attr(bytes, "allowed IP", [&](const NetlinkAttr& attr) -> Result<void> {
    switch (attr.type) {
      case WGALLOWEDIP_A_FAMILY:
        return read_into(family, attr, "WGALLOWEDIP_A_FAMILY");
      case WGALLOWEDIP_A_IPADDR: {
        WGT_TRY(prefix.address, read_address(attr));
        return {};
      }
      case WGALLOWEDIP_A_CIDR_MASK: {
        WGT_TRY(length, read_number<std::uint8_t>(attr, "WGALLOWEDIP_A_CIDR_MASK"));
        return {};
      }
      default:
        return {};
    }
  }));
  const bool is_ipv4 = family == AF_INET;
  if (!is_ipv4 && family != AF_INET6) {
    return corrupt("WGALLOWEDIP_A_FAMILY", "neither IPv4 nor IPv6");
  }
  if (prefix.address.version != (is_ipv4 ? 4 : 6)) {
    return corrupt("WGALLOWEDIP_A_IPADDR", "not an address of its family");
  }
  if (!length || *length > (is_ipv4 ? 32 : 128)) {
    return corrupt("WGALLOWEDIP_A_CIDR_MASK", "not a prefix length of its family");
  }
  prefix.length = *length;
  return prefix;
}

Result<void> read_allowed_ips(std::vector<IpPrefix>& allowed_ips, Bytes bytes) {
  return for_each_attr(bytes, "WGPEER_A_ALLOWEDIPS", [&](const NetlinkAttr& attr) -> Result<void> {
    WGT_TRY(allowed_ips.emplace_back(), read_allowed_ip(attr.payload));
    return {};
  });
}

Result<void> read_peer_attr(Peer& peer, const NetlinkAttr& attr) {
  switch (attr.type) {
    case WGPEER_A_PUBLIC_KEY:
      return read_into(peer.public_key, attr, "WGPEER_A_PUBLIC_KEY");
    case WGPEER_A_PRESHARED_KEY:
      return read_presence(peer.has_preshared_key, attr, "WGPEER_A_PRESHARED_KEY");
    case WGPEER_A_ENDPOINT: {
      WGT_TRY(peer.endpoint, read_endpoint(attr));
      return {};
    }
    case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL:
      return read_into(peer.persistent_keepalive_s, attr, "WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL");
    case WGPEER_A_LAST_HANDSHAKE_TIME:
      return read_last_handshake(peer, attr);
    case WGPEER_A_RX_BYTES:
      return read_into(peer.rx_bytes, attr, "WGPEER_A_RX_BYTES");
    case WGPEER_A_TX_BYTES:
      return read_into(peer.tx_bytes, attr, "WGPEER_A_TX_BYTES");
    case WGPEER_A_ALLOWEDIPS:
      return read_allowed_ips(peer.allowed_ips, attr.payload);
    case WGPEER_A_PROTOCOL_VERSION:
      return read_into(peer.protocol_version, attr, "WGPEER_A_PROTOCOL_VERSION");
    default:
      return {};
  }
}

Result<Peer> read_peer(Bytes bytes) {
  Peer peer;
  bool has_key = false;
  WGT_TRY_VOID(for_each_attr(bytes, "peer", [&](const NetlinkAttr& attr) {
    has_key = has_key || attr.type == WGPEER_A_PUBLIC_KEY;
    return read_peer_attr(peer, attr);
  }));
  if (!has_key) return corrupt("WGPEER_A_PUBLIC_KEY", "missing from a peer");
  return peer;
}

// Where a peer's allowed IPs do not fit, the kernel goes on in the next message with its key and
// the remaining allowed IPs only (drivers/net/wireguard/netlink.c, get_peer).
void append_or_continue(std::vector<Peer>& peers, Peer peer) {
  if (peers.empty() || peers.back().public_key != peer.public_key) {
    peers.push_back(std::move(peer));
    return;
  }
  std::vector<IpPrefix>& allowed_ips = peers.back().allowed_ips;
  allowed_ips.insert(allowed_ips.end(), peer.allowed_ips.begin(), peer.allowed_ips.end());
}

Result<void> read_device_attr(Device& device, const NetlinkAttr& attr) {
  switch (attr.type) {
    case WGDEVICE_A_IFINDEX:
      return read_into(device.ifindex, attr, "WGDEVICE_A_IFINDEX");
    case WGDEVICE_A_IFNAME: {
      WGT_TRY(device.name, read_ifname(attr, "WGDEVICE_A_IFNAME"));
      return {};
    }
    case WGDEVICE_A_PRIVATE_KEY:
      return read_presence(device.has_private_key, attr, "WGDEVICE_A_PRIVATE_KEY");
    case WGDEVICE_A_PUBLIC_KEY:
      return read_into(device.public_key, attr, "WGDEVICE_A_PUBLIC_KEY");
    case WGDEVICE_A_LISTEN_PORT:
      return read_into(device.listen_port, attr, "WGDEVICE_A_LISTEN_PORT");
    case WGDEVICE_A_FWMARK:
      return read_into(device.fwmark, attr, "WGDEVICE_A_FWMARK");
    case WGDEVICE_A_PEERS:
      return for_each_attr(attr.payload, "WGDEVICE_A_PEERS",
                           [&](const NetlinkAttr& entry) -> Result<void> {
                             WGT_TRY(Peer peer, read_peer(entry.payload));
                             append_or_continue(device.peers, std::move(peer));
                             return {};
                           });
    default:
      return {};
  }
}

}  // namespace

Result<void> DeviceParser::add(Bytes message) {
  constexpr std::size_t kHeaderBytes = NLMSG_HDRLEN + GENL_HDRLEN;
  if (message.size() < kHeaderBytes) return corrupt("generic netlink header", "cut off");
  return for_each_attr(message.subspan(kHeaderBytes), "WireGuard device",
                       [this](const NetlinkAttr& attr) { return read_device_attr(device_, attr); });
}

Result<Device> DeviceParser::finish() && {
  if (device_.ifindex == 0) return corrupt("WGDEVICE_A_IFINDEX", "missing from the answer");
  if (device_.name.empty()) return corrupt("WGDEVICE_A_IFNAME", "missing from the answer");
  return std::move(device_);
}

}  // namespace wgt::wg
