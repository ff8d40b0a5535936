// SPDX-License-Identifier: GPL-2.0-only
// Where a session is: what --bind and --pair say, and the TCP connection that it became.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/event/tuple.h"
#include "wgtools/base/ip.h"
#include "wgtools/base/result.h"

namespace wgt::session {

inline constexpr std::uint16_t kDefaultPort = 51822;

// "host", "host:port", "192.0.2.1", "[2001:db8::1]:port", "2001:db8::1".
struct HostPort {
  std::string host;
  std::uint16_t port = kDefaultPort;
};
// Errors: kInvalid.
Result<HostPort> parse_host_port(std::string_view text);

IpAddress to_ip(const boost::asio::ip::address& address);  // IPv4 in IPv6 becomes IPv4

// The session's own connection: its packets are left out of what is watched.
struct Connection {
  Endpoint here;
  Endpoint there;
};
// sshd's SSH_CONNECTION: "client port server port"; seen from the server.
std::optional<Connection> connection_of_ssh(const std::string& text);
bool is_of(const event::Tuple& packet, const Connection& connection);

}  // namespace wgt::session
