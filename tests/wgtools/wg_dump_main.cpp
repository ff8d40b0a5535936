// SPDX-License-Identifier: GPL-2.0-only
//
// wg-dump-test [--netns NAME] [IFACE]: what get_device() says about every WireGuard interface (or
// one), in the format of `wg show all dump` with "(hidden)" for keys that must not be seen.
// dump_vm_test.sh compares the two on a real kernel.
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wgtools/base/netns.h"
#include "wgtools/wg/device_dump.h"
#include "wgtools/wg/link_list.h"

namespace {

using wgt::Result;

std::string presence(bool present) { return present ? "(hidden)" : "(none)"; }

std::string allowed_ips_text(const wgt::wg::Peer& peer) {
  if (peer.allowed_ips.empty()) return "(none)";
  std::string text;
  for (const wgt::IpPrefix& prefix : peer.allowed_ips) {
    if (!text.empty()) text += ',';
    text += to_string(prefix);
  }
  return text;
}

void print_device(const wgt::wg::Device& device) {
  std::printf("%s\t%s\t%s\t%u\t", device.name.c_str(), presence(device.has_private_key).c_str(),
              is_zero(device.public_key) ? "(none)" : to_base64(device.public_key).c_str(),
              unsigned{device.listen_port});
  if (device.fwmark != 0) {
    std::printf("0x%x\n", device.fwmark);
  } else {
    std::printf("off\n");
  }
  for (const wgt::wg::Peer& peer : device.peers) {
    std::printf("%s\t%s\t%s\t%s\t%s\t%lld\t%llu\t%llu\t%s\n", device.name.c_str(),
                to_base64(peer.public_key).c_str(), presence(peer.has_preshared_key).c_str(),
                peer.endpoint ? to_string(*peer.endpoint).c_str() : "(none)",
                allowed_ips_text(peer).c_str(), static_cast<long long>(peer.last_handshake_unix_s),
                static_cast<unsigned long long>(peer.rx_bytes),
                static_cast<unsigned long long>(peer.tx_bytes),
                peer.persistent_keepalive_s == 0
                    ? "off"
                    : std::to_string(peer.persistent_keepalive_s).c_str());
  }
  if (device.inconsistent) std::fprintf(stderr, "%s: inconsistent\n", device.name.c_str());
}

Result<void> run(const std::string& netns, std::string_view ifname) {
  std::optional<wgt::NetnsGuard> guard;
  if (!netns.empty()) {
    WGT_TRY(const wgt::UniqueFd fd, wgt::open_netns(netns));
    WGT_TRY(wgt::NetnsGuard entered, wgt::NetnsGuard::enter(fd));
    guard.emplace(std::move(entered));
    if (wgt::netns_name(wgt::netns_inum(fd)) != netns) {
      return make_error(wgt::Errc::kInvalid, netns + ": another name for the same namespace");
    }
  }
  if (!ifname.empty()) {
    WGT_TRY(const auto device, wgt::wg::get_device(ifname));
    print_device(device);
    return {};
  }
  WGT_TRY(const auto links, wgt::wg::list_devices());
  for (const wgt::wg::Link& link : links) {
    WGT_TRY(const auto device, wgt::wg::get_device(link.ifindex));
    print_device(device);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::span<char*> args(argv, static_cast<std::size_t>(argc));
  args = args.subspan(1);
  std::string netns;
  if (args.size() >= 2 && args[0] == std::string_view("--netns")) {
    netns = args[1];
    args = args.subspan(2);
  }
  if (args.size() > 1) {
    std::fputs("usage: wg-dump-test [--netns NAME] [IFACE]\n", stderr);
    return 2;
  }
  const auto result = run(netns, args.empty() ? "" : args[0]);
  if (result) return 0;
  std::fprintf(stderr, "wg-dump-test: %s\n", result.error().text.c_str());
  return 1;
}
