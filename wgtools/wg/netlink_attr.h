// SPDX-License-Identifier: GPL-2.0-only
//
// Netlink attributes read from untrusted bytes: every length is checked before use, nothing is
// copied but the value asked for, and no alignment is assumed (libmnl's iterators stop silently at
// a broken attribute; these say which). Pure.
#pragma once

#include <linux/netlink.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "wgtools/base/result.h"

namespace wgt::wg {

using Bytes = std::span<const std::byte>;

struct NetlinkAttr {
  std::uint16_t type;  // without the NLA_F_ flags
  Bytes payload;       // borrowed from the message
};

// kCorrupt: "WHERE: WHAT".
Error corrupt(std::string_view where, std::string_view what);

// Takes the first attribute off `rest`. `where` names the surrounding object in the error
// (kCorrupt).
Result<NetlinkAttr> next_attr(Bytes& rest, std::string_view where);

// kCorrupt unless the payload has exactly this length.
Result<void> check_length(const NetlinkAttr& attr, std::size_t length_bytes, std::string_view name);

// A number in the byte order of this host.
template <std::integral T>
Result<T> read_number(const NetlinkAttr& attr, std::string_view name) {
  WGT_TRY_VOID(check_length(attr, sizeof(T), name));
  T value;
  std::memcpy(&value, attr.payload.data(), sizeof(value));
  return value;
}

// An interface name: 1 to 15 bytes and a NUL.
Result<std::string> read_ifname(const NetlinkAttr& attr, std::string_view name);

// Calls `handle` (NetlinkAttr -> Result<void>) for each attribute, up to the first error.
template <class Handler>
Result<void> for_each_attr(Bytes bytes, std::string_view where, Handler&& handle) {
  while (!bytes.empty()) {
    WGT_TRY(const NetlinkAttr attr, next_attr(bytes, where));
    WGT_TRY_VOID(handle(attr));
  }
  return {};
}

}  // namespace wgt::wg
