// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/host_names.h"

#include <bpf/btf.h>
#include <net/if.h>
#include <sys/utsname.h>

#include <fstream>
#include <memory>

#include "plugin/source/kernel/clock.h"
#include "plugin/source/kernel/find_netns.h"
#include "wgtools/base/netns.h"
#include "wgtools/wg/device_dump.h"

namespace wgt::kernel {

namespace {

// enum skb_drop_reason differs in every kernel (67 names in 6.1, 128 in 7.3).
std::map<std::uint32_t, std::string> drop_reason_names() {
  std::map<std::uint32_t, std::string> names;
  const std::unique_ptr<btf, decltype(&btf__free)> kernel(btf__load_vmlinux_btf(), btf__free);
  if (!kernel) return names;
  const int id = btf__find_by_name_kind(kernel.get(), "skb_drop_reason", BTF_KIND_ENUM);
  if (id < 0) return names;
  const btf_type* type = btf__type_by_id(kernel.get(), static_cast<std::uint32_t>(id));
  const auto* values = btf_enum(type);
  constexpr std::string_view kPrefix = "SKB_DROP_REASON_";
  for (int i = 0; i < btf_vlen(type); i++) {
    std::string_view name = btf__name_by_offset(kernel.get(), values[i].name_off);
    if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
    names.emplace(static_cast<std::uint32_t>(values[i].val), name);
  }
  return names;
}

}  // namespace

std::vector<NamedDevice> name_devices(std::span<const event::DeviceKey> devices) {
  std::vector<NamedDevice> all;
  for (const event::DeviceKey& key : devices) {
    const auto netns = open_netns_by_inum(key.netns);
    if (!netns) continue;
    const auto inside = NetnsGuard::enter(*netns);
    if (!inside) continue;
    auto device = wg::get_device(key.ifindex);
    if (!device) continue;
    event::DeviceInfo info{key, netns_name(key.netns), device->name, device->public_key};
    all.push_back({std::move(info), *std::move(device)});
  }
  return all;
}

Result<event::HostInfo> host_info(std::span<const NamedDevice> devices) {
  event::HostInfo host;
  utsname names{};
  if (::uname(&names) != 0) return errno_error("ask for the names of", "this host");
  host.hostname = names.nodename;
  host.kernel = names.release;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> host.boot_id;
  host.wall_minus_mono_ns = wall_minus_mono_ns();
  host.drop_reasons = drop_reason_names();
  for (const NamedDevice& d : devices) host.devices.push_back(d.info);
  return host;
}

}  // namespace wgt::kernel
