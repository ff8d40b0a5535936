// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

namespace wgt::session {

std::optional<Accepted> take_socket(boost::asio::ip::tcp::socket socket) {
  boost::system::error_code error;
  const auto here = socket.local_endpoint(error);
  const auto there = error ? here : socket.remote_endpoint(error);
  // Progress and pings are small and must not wait for each other.
  if (!error) socket.set_option(boost::asio::ip::tcp::no_delay(true), error);
  // What waits in the kernel can't be told from what is lost: let it wait where it is counted.
  using NotSentLowAt = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
  if (!error) socket.set_option(NotSentLowAt(64 * 1024), error);
  if (error) return std::nullopt;
  const int fd = socket.release(error);
  if (error) return std::nullopt;
  return Accepted{
      UniqueFd(fd),
      {{to_ip(here.address()), here.port(), 0}, {to_ip(there.address()), there.port(), 0}}};
}

}  // namespace wgt::session
