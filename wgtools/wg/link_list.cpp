// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/link_list.h"

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/wireguard.h>

#include <array>
#include <cstring>
#include <utility>

#include "wgtools/wg/netlink_socket.h"

namespace wgt::wg {
namespace {

Result<bool> is_wireguard(Bytes link_info) {
  bool match = false;
  WGT_TRY_VOID(for_each_attr(link_info, "IFLA_LINKINFO", [&](const NetlinkAttr& attr) {
    if (attr.type == IFLA_INFO_KIND) {
      const std::string_view kind(reinterpret_cast<const char*>(attr.payload.data()),
                                  attr.payload.size());
      match = kind.substr(0, kind.find('\0')) == WG_GENL_NAME;
    }
    return Result<void>();
  }));
  return match;
}

}  // namespace

Result<std::optional<Link>> parse_wireguard_link(Bytes message) {
  constexpr std::size_t kHeaderBytes = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(ifinfomsg));
  if (message.size() < kHeaderBytes) return make_error(Errc::kCorrupt, "RTM_NEWLINK: cut off");
  ifinfomsg info{};
  std::memcpy(&info, message.data() + NLMSG_HDRLEN, sizeof(info));

  Link link{static_cast<std::uint32_t>(info.ifi_index), {}};
  bool wireguard = false;
  WGT_TRY_VOID(for_each_attr(message.subspan(kHeaderBytes), "RTM_NEWLINK",
                             [&](const NetlinkAttr& attr) -> Result<void> {
                               if (attr.type == IFLA_IFNAME) {
                                 WGT_TRY(link.name, read_ifname(attr, "IFLA_IFNAME"));
                               } else if (attr.type == IFLA_LINKINFO) {
                                 WGT_TRY(wireguard, is_wireguard(attr.payload));
                               }
                               return {};
                             }));
  if (!wireguard) return std::optional<Link>();
  if (link.name.empty()) return make_error(Errc::kCorrupt, "IFLA_IFNAME: missing from a link");
  return link;
}

Result<std::vector<Link>> list_devices() {
  WGT_TRY(NetlinkSocket socket, NetlinkSocket::open(NETLINK_ROUTE));
  for (int retries = 0;; ++retries) {
    alignas(nlmsghdr) std::array<char, 256> buffer{};
    nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
    request->nlmsg_type = RTM_GETLINK;
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    mnl_nlmsg_put_extra_header(request, sizeof(ifinfomsg));

    std::vector<Link> links;
    WGT_TRY(const bool interrupted,
            socket.exchange(*request, [&links](Bytes message) -> Result<void> {
              WGT_TRY(auto link, parse_wireguard_link(message));
              if (link) links.push_back(*std::move(link));
              return {};
            }));
    // Links that come and go on a busy host may interrupt every dump; each is still whole.
    if (!interrupted || retries == kMaxDumpRetries) return links;
  }
}

}  // namespace wgt::wg
