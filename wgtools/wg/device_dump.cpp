// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/device_dump.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <net/if.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "wgtools/wg/device_parser.h"
#include "wgtools/wg/netlink_socket.h"

namespace wgt::wg {
namespace {

// Adds the one attribute that names the interface: more, or set flags other than these, are refused
// since 7.3.
using AddSelector = std::function<void(nlmsghdr& request)>;

Result<DumpAttempt> dump_once(NetlinkSocket& socket, std::uint16_t family,
                              const AddSelector& add_selector) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = family;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* header = static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(request, sizeof(genlmsghdr)));
  header->cmd = WG_CMD_GET_DEVICE;
  header->version = WG_GENL_VERSION;
  add_selector(*request);

  DeviceParser parser;
  WGT_TRY(const bool interrupted,
          socket.exchange(*request, [&parser](Bytes message) { return parser.add(message); }));
  WGT_TRY(Device device, std::move(parser).finish());
  return DumpAttempt{std::move(device), interrupted};
}

Result<Device> dump_device(const AddSelector& add_selector) {
  WGT_TRY(NetlinkSocket socket, NetlinkSocket::open(NETLINK_GENERIC));
  const auto family = resolve_family(socket, WG_GENL_NAME);
  if (!family) {
    if (family.error().sys_errno != ENOENT) return family.error();
    return Error{Errc::kUnsupported, ENOENT, "the kernel has no WireGuard (modprobe wireguard)"};
  }
  return retry_interrupted([&] { return dump_once(socket, *family, add_selector); });
}

Result<Device> explained(Result<Device> device, std::string_view interface) {
  if (device) return device;
  return explain_refusal(std::move(device).error(), interface);
}

}  // namespace

Result<Device> get_device(std::string_view ifname) {
  if (ifname.empty() || ifname.size() >= IFNAMSIZ || ifname.find('\0') != std::string_view::npos) {
    return make_error(Errc::kInvalid, "not an interface name: '" + std::string(ifname) + "'");
  }
  const std::string name(ifname);
  return explained(dump_device([&name](nlmsghdr& request) {
                     mnl_attr_put_strz(&request, WGDEVICE_A_IFNAME, name.c_str());
                   }),
                   name);
}

Result<Device> get_device(std::uint32_t ifindex) {
  return explained(dump_device([ifindex](nlmsghdr& request) {
                     mnl_attr_put_u32(&request, WGDEVICE_A_IFINDEX, ifindex);
                   }),
                   "interface " + std::to_string(ifindex));
}

Result<Device> retry_interrupted(const std::function<Result<DumpAttempt>()>& dump) {
  for (int retries = 0;; ++retries) {
    WGT_TRY(DumpAttempt attempt, dump());
    if (!attempt.interrupted || retries == kMaxDumpRetries) {
      attempt.device.inconsistent = attempt.interrupted;
      return std::move(attempt.device);
    }
  }
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
