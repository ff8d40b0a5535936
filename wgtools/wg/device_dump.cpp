// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/device_dump.h"

#include <net/if.h>

#include <string>
#include <utility>

#include "wgtools/wg/device_parser.h"

namespace wgt::wg {
namespace {

Result<DumpAttempt> dump_once(const DeviceSelector& selector) {
  DeviceParser parser;
  WGT_TRY(const bool interrupted,
          request_device(selector, [&parser](Bytes message) { return parser.add(message); }));
  WGT_TRY(Device device, std::move(parser).finish());
  return DumpAttempt{std::move(device), interrupted};
}

Result<Device> dump_device(const DeviceSelector& selector, std::string_view interface) {
  auto device = retry_interrupted([&] { return dump_once(selector); });
  if (device) return device;
  return explain_refusal(std::move(device).error(), interface);
}

}  // namespace

Result<Device> get_device(std::string_view ifname) {
  if (ifname.empty() || ifname.size() >= IFNAMSIZ || ifname.find('\0') != std::string_view::npos) {
    return make_error(Errc::kInvalid, "not an interface name: '" + std::string(ifname) + "'");
  }
  return dump_device(std::string(ifname), ifname);
}

Result<Device> get_device(std::uint32_t ifindex) {
  return dump_device(ifindex, "interface " + std::to_string(ifindex));
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

}  // namespace wgt::wg
