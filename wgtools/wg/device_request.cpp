// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/device_request.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>

#include <array>
#include <cerrno>

#include "wgtools/wg/netlink_socket.h"

namespace wgt::wg {

Result<bool> request_device(const DeviceSelector& selector, const MessageHandler& handle) {
  WGT_TRY(NetlinkSocket socket, NetlinkSocket::open(NETLINK_GENERIC));
  const auto family = resolve_family(socket, WG_GENL_NAME);
  if (!family) {
    if (family.error().sys_errno != ENOENT) return family.error();
    return Error{Errc::kUnsupported, ENOENT, "the kernel has no WireGuard (modprobe wireguard)"};
  }
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = *family;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* header = static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(request, sizeof(genlmsghdr)));
  header->cmd = WG_CMD_GET_DEVICE;
  header->version = WG_GENL_VERSION;
  // One attribute names the interface: more, or set flags other than these, are refused since 7.3.
  if (const auto* name = std::get_if<std::string>(&selector))
    mnl_attr_put_strz(request, WGDEVICE_A_IFNAME, name->c_str());
  else
    mnl_attr_put_u32(request, WGDEVICE_A_IFINDEX, std::get<std::uint32_t>(selector));
  return socket.exchange(*request, handle);
}

Error explain_refusal(Error error, std::string_view interface) {
  switch (error.sys_errno) {
    case ENODEV:
      error.text = "no such interface";
      break;
    case EOPNOTSUPP:
      error.text = "not a WireGuard interface";
      break;
    case EPERM:
      error.text = "needs CAP_NET_ADMIN (run as root)";
      break;
    default:
      break;
  }
  return with_context(std::move(error), interface);
}

}  // namespace wgt::wg
