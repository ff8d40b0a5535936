// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/interface.h"

#include <fstream>
#include <sstream>

#include "wgtools/base/netns.h"
#include "wgtools/wg/device_dump.h"
#include "wgtools/wg/link.h"

namespace wgt::app {

Result<Interface> find_interface(const std::string& name, const std::optional<std::string>& netns) {
  Interface found;
  found.label = netns ? name + " in " + *netns : name;
  WGT_TRY(found.netns, netns ? open_netns(*netns) : open_current_netns());
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(found.netns));
  WGT_TRY(found.device, wg::get_device(std::string_view(name)));
  found.key = {netns_inum(found.netns), found.device.ifindex};
  return found;
}

Result<wg::Device> dump(const Interface& interface) {
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(interface.netns));
  return wg::get_device(interface.key.ifindex);
}

Result<std::uint64_t> rx_errors(const Interface& interface) {
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(interface.netns));
  // thread-self: /proc/net is the namespace of the process's first thread.
  std::ifstream file("/proc/thread-self/net/dev");
  for (std::string line; std::getline(file, line);) {
    // "   wg0:  bytes packets errs drop …"
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto first = line.find_first_not_of(' ');
    if (line.substr(first, colon - first) != interface.device.name) continue;
    std::istringstream fields(line.substr(colon + 1));
    std::uint64_t bytes = 0;
    std::uint64_t packets = 0;
    std::uint64_t errors = 0;
    if (fields >> bytes >> packets >> errors) return errors;
  }
  return make_error(Errc::kNotFound, interface.label + ": not in /proc/net/dev");
}

Result<bool> is_up(const Interface& interface) {
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(interface.netns));
  WGT_TRY(auto socket, wg::NetlinkSocket::open(NETLINK_ROUTE));
  WGT_TRY(const wg::LinkState link, wg::link_state(socket, interface.key.ifindex));
  return link.up;
}

}  // namespace wgt::app
