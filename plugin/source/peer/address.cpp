// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/address.h"

#include <netinet/in.h>

#include <charconv>
#include <sstream>

namespace wgt::session {

Result<HostPort> parse_host_port(std::string_view text) {
  const auto wrong = [&](const char* what) {
    return make_error(Errc::kInvalid, "'" + std::string(text) + "': " + what);
  };
  HostPort out;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return wrong("the bracket is not closed");
    out.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    has_port = !port.empty();
    if (has_port && port[0] != ':') return wrong("after the bracket comes :PORT or nothing");
    if (has_port) port.remove_prefix(1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    const auto colon = text.find(':');
    out.host = text.substr(0, colon);
    port = text.substr(colon + 1);
    has_port = true;
  } else {
    out.host = text;  // no colon, or an IPv6 address
  }
  if (out.host.empty()) return wrong("there is no host in it");
  if (!has_port) return out;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc{} || end != port.data() + port.size() || out.port == 0)
    return wrong("the port is no number from 1 to 65535");
  return out;
}

IpAddress to_ip(const boost::asio::ip::address& address) {
  if (address.is_v4()) return make_ipv4(address.to_v4().to_bytes());
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped())
    return make_ipv4(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6).to_bytes());
  return make_ipv6(v6.to_bytes());
}

std::optional<Connection> connection_of_ssh(const std::string& text) {
  std::istringstream in(text);
  std::string client;
  std::string server;
  Connection out;
  if (!(in >> client >> out.there.port >> server >> out.here.port)) return std::nullopt;
  const auto there = parse_ip(client);
  const auto here = parse_ip(server);
  if (!there || !here) return std::nullopt;
  out.there.address = *there;
  out.here.address = *here;
  return out;
}

bool is_of(const event::Tuple& packet, const Connection& connection) {
  if (packet.proto != IPPROTO_TCP) return false;
  const auto from_to = [&](const Endpoint& from, const Endpoint& to) {
    return from.address == packet.src && from.port == packet.src_port && to.address == packet.dst &&
           to.port == packet.dst_port;
  };
  return from_to(connection.here, connection.there) || from_to(connection.there, connection.here);
}

}  // namespace wgt::session
