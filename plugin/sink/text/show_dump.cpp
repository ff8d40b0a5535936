// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/show_dump.h"

#include <cstdio>

namespace wgt::sink {
namespace {

const char* secret(bool there) { return there ? "(hidden)" : "(none)"; }

std::uint64_t total(const std::vector<explain::DropRow>& rows) {
  std::uint64_t all = 0;
  for (const explain::DropRow& row : rows) all += row.count;
  return all;
}

std::string mark(std::uint32_t fwmark) {
  if (fwmark == 0) return "off";
  char text[sizeof "0x12345678"];
  std::snprintf(text, sizeof text, "0x%x", fwmark);
  return text;
}

std::string comma_separated(const wg::Peer& peer) {
  if (peer.allowed_ips.empty()) return "(none)";
  std::string text;
  for (const IpPrefix& prefix : peer.allowed_ips)
    text += (text.empty() ? "" : ",") + to_string(prefix);
  return text;
}

}  // namespace

void show_dump(std::ostream& out, const explain::InterfaceView& interface) {
  const wg::Device& device = interface.device;
  out << secret(device.has_private_key) << '\t'
      << (wg::is_zero(device.public_key) ? "(none)" : wg::to_base64(device.public_key)) << '\t'
      << device.listen_port << '\t' << mark(device.fwmark) << '\t' << total(interface.drops)
      << '\n';
  for (const explain::PeerSection& section : interface.peers) {
    const wg::Peer& peer = section.peer;
    out << wg::to_base64(peer.public_key) << '\t' << secret(peer.has_preshared_key) << '\t'
        << (peer.endpoint ? to_string(*peer.endpoint) : "(none)") << '\t' << comma_separated(peer)
        << '\t' << peer.last_handshake_unix_s << '\t' << peer.rx_bytes << '\t' << peer.tx_bytes
        << '\t'
        << (peer.persistent_keepalive_s != 0 ? std::to_string(peer.persistent_keepalive_s) : "off")
        << '\t' << total(section.drops) << '\n';
  }
}

}  // namespace wgt::sink
