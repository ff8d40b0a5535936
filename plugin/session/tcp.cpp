// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/session/tcp.h"

namespace wgt::session {

std::optional<Accepted> take_socket(boost::asio::ip::tcp::socket socket) {
  boost::system::error_code error;
  const auto here = socket.local_endpoint(error);
  const auto there = error ? here : socket.remote_endpoint(error);
  // Progress and pings are small and must not wait for each other.
  if (!error) socket.set_option(boost::asio::ip::tcp::no_delay(true), error);
  if (error) return std::nullopt;
  const int fd = socket.release(error);
  if (error) return std::nullopt;
  return Accepted{
      UniqueFd(fd),
      {{to_ip(here.address()), here.port(), 0}, {to_ip(there.address()), there.port(), 0}}};
}

}  // namespace wgt::session
