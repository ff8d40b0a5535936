// SPDX-License-Identifier: GPL-2.0-only
// The listener's TCP port. In the caller's network namespace, which is where the encrypted packets
// go, not where a -n interface is.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>

#include "plugin/source/peer/address.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::session {

struct Accepted {
  UniqueFd socket;
  Connection connection;
};

class Acceptor {
 public:
  using OnAccepted = std::function<void(Accepted)>;

  // bind: an address to listen on; nullopt: all of this host, IPv4 and IPv6. Errors: kInvalid,
  // kSystem (in use, not ours).
  static Result<Acceptor> open(boost::asio::io_context& io, const std::optional<HostPort>& bind);

  // `on_accepted` is called for as long as the io_context runs. The Acceptor must not move then.
  void start(OnAccepted on_accepted);
  std::string address() const;  // "[::]:51822"

 private:
  explicit Acceptor(boost::asio::io_context& io) : acceptor_(io), pause_(io) {}
  void accept_next();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  OnAccepted on_accepted_;
};

}  // namespace wgt::session
