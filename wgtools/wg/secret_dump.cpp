// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/secret_dump.h"

#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <sodium.h>

#include <cstring>
#include <functional>
#include <optional>
#include <string>

#include "wgtools/wg/device_request.h"

namespace wgt::wg {
namespace {

using Find = std::function<Result<bool>(Bytes message, SecretKey& into)>;

Result<SecretKey> find_in_dump(std::uint32_t ifindex, const Find& find, const char* missing) {
  SecretKey key;
  const std::string interface = "interface " + std::to_string(ifindex);
  bool found = false;
  const auto done = request_device(ifindex, [&](Bytes message) -> Result<void> {
    WGT_TRY(const bool here, find(message, key));
    found = found || here;
    return {};
  });
  if (!done) return explain_refusal(done.error(), interface);
  if (!found) return make_error(Errc::kNotFound, interface + missing);
  return key;
}

Result<Bytes> attributes_of(Bytes message) {
  constexpr std::size_t kHeaderBytes = NLMSG_HDRLEN + GENL_HDRLEN;
  if (message.size() < kHeaderBytes) return make_error(Errc::kCorrupt, "netlink: cut off");
  return message.subspan(kHeaderBytes);
}

Result<void> copy_key(const NetlinkAttr& attr, const char* name, SecretKey& into) {
  WGT_TRY_VOID(check_length(attr, SecretKey::kBytes, name));
  std::memcpy(into.data(), attr.payload.data(), SecretKey::kBytes);
  return {};
}

// Whether this peer is the one; its preshared key if so.
Result<bool> read_peer(Bytes attributes, const PublicKey& peer, SecretKey& into) {
  bool is_it = false;
  std::optional<NetlinkAttr> preshared;
  const auto read = [&](const NetlinkAttr& attr) -> Result<void> {
    if (attr.type == WGPEER_A_PRESHARED_KEY) preshared = attr;
    if (attr.type != WGPEER_A_PUBLIC_KEY) return {};
    WGT_TRY_VOID(check_length(attr, peer.bytes.size(), "WGPEER_A_PUBLIC_KEY"));
    is_it = std::memcmp(attr.payload.data(), peer.bytes.data(), peer.bytes.size()) == 0;
    return {};
  };
  WGT_TRY_VOID(for_each_attr(attributes, "peer", read));
  // What continues a peer's AllowedIPs names the peer again, without its other attributes.
  if (is_it && preshared) WGT_TRY_VOID(copy_key(*preshared, "WGPEER_A_PRESHARED_KEY", into));
  return is_it;
}

}  // namespace

Result<bool> find_private_key(Bytes message, SecretKey& into) {
  WGT_TRY(const Bytes attributes, attributes_of(message));
  bool found = false;
  const auto read = [&](const NetlinkAttr& attr) -> Result<void> {
    if (attr.type != WGDEVICE_A_PRIVATE_KEY) return {};
    WGT_TRY_VOID(copy_key(attr, "WGDEVICE_A_PRIVATE_KEY", into));
    found = sodium_is_zero(into.data(), SecretKey::kBytes) == 0;
    return {};
  };
  WGT_TRY_VOID(for_each_attr(attributes, "WireGuard device", read));
  return found;
}

Result<bool> find_preshared_key(Bytes message, const PublicKey& peer, SecretKey& into) {
  WGT_TRY(const Bytes attributes, attributes_of(message));
  bool found = false;
  const auto read = [&](const NetlinkAttr& entry) -> Result<void> {
    WGT_TRY(const bool is_it, read_peer(entry.payload, peer, into));
    found = found || is_it;
    return {};
  };
  const auto read_peers = [&](const NetlinkAttr& attr) -> Result<void> {
    if (attr.type != WGDEVICE_A_PEERS) return {};
    return for_each_attr(attr.payload, "WGDEVICE_A_PEERS", read);
  };
  WGT_TRY_VOID(for_each_attr(attributes, "WireGuard device", read_peers));
  return found;
}

Result<SecretKey> read_private_key(std::uint32_t ifindex) {
  return find_in_dump(ifindex, find_private_key, ": it has no private key (wg set … private-key)");
}

Result<SecretKey> read_preshared_key(std::uint32_t ifindex, const PublicKey& peer) {
  return find_in_dump(
      ifindex,
      [&peer](Bytes message, SecretKey& into) { return find_preshared_key(message, peer, into); },
      ": it has no such peer any more");
}

}  // namespace wgt::wg
