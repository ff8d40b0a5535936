// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/route.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "wgtools/base/unique_fd.h"

namespace wgt::wg {
namespace {

Result<IpAddress> read_hop(const NetlinkAttr& attr) {
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(attr.payload.data()),
                        attr.payload.size());
  if (bytes.size() == 4) return make_ipv4(bytes.first<4>());
  if (bytes.size() == 16) return make_ipv6(bytes.first<16>());
  return make_error(Errc::kCorrupt, "RTM_NEWROUTE: an address of impossible length");
}

Result<std::uint32_t> read_mtu(Bytes metrics) {
  std::uint32_t mtu = 0;
  WGT_TRY_VOID(
      for_each_attr(metrics, "RTA_METRICS", [&](const NetlinkAttr& metric) -> Result<void> {
        if (metric.type == RTAX_MTU) {
          WGT_TRY(mtu, read_number<std::uint32_t>(metric, "RTAX_MTU"));
        }
        return {};
      }));
  return mtu;
}

// As fib_props (net/ipv4/fib_semantics.c) and ip6_rt_type_to_error have them.
int error_of_type(unsigned type) {
  switch (type) {
    case RTN_BLACKHOLE:
      return EINVAL;
    case RTN_UNREACHABLE:
      return EHOSTUNREACH;
    case RTN_PROHIBIT:
      return EACCES;
    default:
      return 0;
  }
}

}  // namespace

Result<Route> parse_route(Bytes message) {
  constexpr std::size_t kHeaderBytes = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(rtmsg));
  if (message.size() < kHeaderBytes) return make_error(Errc::kCorrupt, "RTM_NEWROUTE: cut off");
  rtmsg header{};
  std::memcpy(&header, message.data() + NLMSG_HDRLEN, sizeof(header));
  Route route;
  route.local = header.rtm_type == RTN_LOCAL;
  route.error = error_of_type(header.rtm_type);
  WGT_TRY_VOID(for_each_attr(
      message.subspan(kHeaderBytes), "RTM_NEWROUTE", [&](const NetlinkAttr& attr) -> Result<void> {
        if (attr.type == RTA_OIF) {
          WGT_TRY(route.ifindex, read_number<std::uint32_t>(attr, "RTA_OIF"));
        } else if (attr.type == RTA_GATEWAY) {
          WGT_TRY(route.gateway, read_hop(attr));
        } else if (attr.type == RTA_METRICS) {
          WGT_TRY(route.mtu, read_mtu(attr.payload));
        }
        return {};
      }));
  return route;
}

Result<Route> find_route(NetlinkSocket& socket, const IpAddress& to, std::uint32_t mark) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = RTM_GETROUTE;
  // The acknowledgement ends the answer; without NLM_F_DUMP there is no NLMSG_DONE.
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* header = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(rtmsg)));
  header->rtm_family = to.version == 4 ? AF_INET : AF_INET6;
  const std::size_t bytes = to.version == 4 ? 4 : 16;
  header->rtm_dst_len = static_cast<unsigned char>(bytes * 8);
  mnl_attr_put(request, RTA_DST, bytes, to.bytes.data());
  if (mark != 0) mnl_attr_put_u32(request, RTA_MARK, mark);
  Route route;
  const auto answered = socket.exchange(*request, [&](Bytes message) -> Result<void> {
    WGT_TRY(route, parse_route(message));
    return {};
  });
  if (answered) return route;
  // What the kernel says to who asks is what a sender gets.
  switch (answered.error().sys_errno) {
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EACCES:
    case EINVAL:
      route.error = answered.error().sys_errno;
      return route;
    default:
      return answered.error();
  }
}

Result<LinkState> link_state(std::uint32_t ifindex) {
  ifreq request{};
  if (::if_indextoname(ifindex, request.ifr_name) == nullptr)
    return errno_error("name", "interface " + std::to_string(ifindex));
  LinkState state;
  state.name = request.ifr_name;
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno_error("open", "a socket");
  if (::ioctl(socket.get(), SIOCGIFMTU, &request) != 0) return errno_error("MTU of", state.name);
  state.mtu = static_cast<std::uint32_t>(request.ifr_mtu);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0)
    return errno_error("flags of", state.name);
  state.up = (request.ifr_flags & IFF_UP) != 0;
  return state;
}

}  // namespace wgt::wg
