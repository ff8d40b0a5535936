// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/kernel_caps.h"

#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "plugin/source/kernel/function_places.h"

namespace wgt::kernel {

namespace {

// linux/capability.h. CAP_SYS_ADMIN is for module BTF (BPF_BTF_GET_FD_BY_ID):
// CAP_BPF and CAP_PERFMON are not enough for that.
struct Capability {
  unsigned bit;
  const char* name;
};
constexpr Capability kNeeded[] = {{12, "CAP_NET_ADMIN"}, {21, "CAP_SYS_ADMIN"}, {34, "CAP_SYSLOG"}};

std::uint64_t effective_capabilities() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("CapEff:", 0) == 0) return std::stoull(line.substr(7), nullptr, 16);
  return 0;
}

bool exists(const char* path) { return ::access(path, F_OK) == 0; }

}  // namespace

Result<void> may_trace() {
  const std::uint64_t have = effective_capabilities();
  std::string missing;
  for (const Capability& c : kNeeded)
    if ((have >> c.bit & 1) == 0) missing += (missing.empty() ? "" : ", ") + std::string(c.name);
  if (!missing.empty())
    return make_error(Errc::kPermission, "tracing needs root (missing: " + missing + ")");
  return {};
}

Result<void> can_trace() {
  if (!exists("/sys/kernel/btf/vmlinux"))
    return make_error(Errc::kUnsupported,
                      "this kernel has no BTF (/sys/kernel/btf/vmlinux); "
                      "a kernel built with CONFIG_DEBUG_INFO_BTF=y is needed");
  if (!exists("/sys/module/wireguard"))
    return make_error(Errc::kUnsupported,
                      "the kernel's WireGuard is not loaded; try: modprobe wireguard");
  WGT_TRY_VOID(FunctionPlaces::get());
  return {};
}

}  // namespace wgt::kernel
