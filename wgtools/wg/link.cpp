// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/link.h"

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cstring>
#include <string_view>

namespace wgt::wg {
namespace {

Result<std::string> kind_of(Bytes link_info) {
  std::string kind;
  WGT_TRY_VOID(for_each_attr(link_info, "IFLA_LINKINFO", [&](const NetlinkAttr& attr) {
    if (attr.type == IFLA_INFO_KIND) {
      const std::string_view text(reinterpret_cast<const char*>(attr.payload.data()),
                                  attr.payload.size());
      kind = text.substr(0, text.find('\0'));
    }
    return Result<void>();
  }));
  return kind;
}

}  // namespace

Result<LinkState> parse_link_state(Bytes message) {
  constexpr std::size_t kHeaderBytes = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(ifinfomsg));
  if (message.size() < kHeaderBytes) return corrupt("RTM_NEWLINK", "cut off");
  ifinfomsg info{};
  std::memcpy(&info, message.data() + NLMSG_HDRLEN, sizeof(info));
  LinkState state;
  state.up = (info.ifi_flags & IFF_UP) != 0;
  WGT_TRY_VOID(for_each_attr(
      message.subspan(kHeaderBytes), "RTM_NEWLINK", [&](const NetlinkAttr& attr) -> Result<void> {
        if (attr.type == IFLA_IFNAME) {
          WGT_TRY(state.name, read_ifname(attr, "IFLA_IFNAME"));
        } else if (attr.type == IFLA_MTU) {
          WGT_TRY(state.mtu, read_number<std::uint32_t>(attr, "IFLA_MTU"));
        } else if (attr.type == IFLA_MASTER) {
          WGT_TRY(state.master, read_number<std::uint32_t>(attr, "IFLA_MASTER"));
        } else if (attr.type == IFLA_LINKINFO) {
          WGT_TRY(state.kind, kind_of(attr.payload));
        }
        return {};
      }));
  return state;
}

Result<LinkState> link_state(NetlinkSocket& socket, std::uint32_t ifindex) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = RTM_GETLINK;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifinfomsg)));
  header->ifi_index = static_cast<int>(ifindex);
  mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  LinkState state;
  const auto answered = socket.exchange(*request, [&](Bytes message) -> Result<void> {
    WGT_TRY(state, parse_link_state(message));
    return {};
  });
  if (!answered) return with_context(answered.error(), "interface " + std::to_string(ifindex));
  return state;
}

}  // namespace wgt::wg
