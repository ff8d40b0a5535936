// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/netlink_attr.h"

#include <net/if.h>

#include <algorithm>

namespace wgt::wg {

Error corrupt(std::string_view where, std::string_view what) {
  return make_error(Errc::kCorrupt, std::string(where) + ": " + std::string(what));
}

Result<NetlinkAttr> next_attr(Bytes& rest, std::string_view where) {
  nlattr header{};
  if (rest.size() < sizeof(header)) return corrupt(where, "attribute header is cut off");
  std::memcpy(&header, rest.data(), sizeof(header));
  if (header.nla_len < sizeof(header) || header.nla_len > rest.size()) {
    return corrupt(where, "attribute " + std::to_string(header.nla_type & NLA_TYPE_MASK) +
                              " has length " + std::to_string(header.nla_len) + " of " +
                              std::to_string(rest.size()) + " bytes left");
  }
  const NetlinkAttr attr{static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK),
                         rest.subspan(sizeof(header), header.nla_len - sizeof(header))};
  // The last attribute of a message may come without its padding.
  const auto padded = static_cast<std::size_t>(NLA_ALIGN(int{header.nla_len}));
  rest = rest.subspan(std::min(padded, rest.size()));
  return attr;
}

Result<void> check_length(const NetlinkAttr& attr, std::size_t length_bytes,
                          std::string_view name) {
  if (attr.payload.size() == length_bytes) return {};
  return corrupt(name, std::to_string(attr.payload.size()) + " bytes instead of " +
                           std::to_string(length_bytes));
}

Result<std::string> read_ifname(const NetlinkAttr& attr, std::string_view name) {
  const auto* text = reinterpret_cast<const char*>(attr.payload.data());
  const std::string_view whole(text, attr.payload.size());
  const std::size_t length = whole.find('\0');
  if (length == std::string_view::npos || length == 0 || length >= IFNAMSIZ) {
    return corrupt(name, "not an interface name");
  }
  return std::string(whole.substr(0, length));
}

}  // namespace wgt::wg
