// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/route.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

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

Result<Route> find_route(NetlinkSocket& socket, const RouteQuestion& question) {
  const IpAddress& to = question.to;
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
  if (question.mark != 0) mnl_attr_put_u32(request, RTA_MARK, question.mark);
  if (question.by_ifindex != 0) mnl_attr_put_u32(request, RTA_OIF, question.by_ifindex);
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
    case EOPNOTSUPP:  // rtnetlink: nobody answers for that family
    case ENODEV:      // the interface of a link-local address is gone
      route.error = answered.error().sys_errno;
      return route;
    default:
      return answered.error();
  }
}

}  // namespace wgt::wg
