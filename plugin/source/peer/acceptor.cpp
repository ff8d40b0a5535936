// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/acceptor.h"

#include <boost/asio/ip/v6_only.hpp>

#include "plugin/source/peer/tcp.h"

namespace wgt::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// After an error that would come again at once (no descriptors left).
constexpr std::chrono::seconds kPause{1};

error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& at) {
  error_code error;
  acceptor.open(at.protocol(), error);
  if (error) return error;
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (at.address().is_v6())
    acceptor.set_option(asio::ip::v6_only(!at.address().is_unspecified()), error);
  acceptor.bind(at, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor.close(ignored);
  }
  return error;
}

}  // namespace

Result<Acceptor> Acceptor::open(asio::io_context& io, const std::optional<HostPort>& bind) {
  Acceptor self(io);
  if (!bind) {
    // One socket for both; without IPv6 on this host only the other.
    error_code error = listen_on(self.acceptor_, {tcp::v6(), kDefaultPort});
    if (error == asio::error::address_family_not_supported ||
        error == asio::error::make_error_code(asio::error::basic_errors(EADDRNOTAVAIL)))
      error = listen_on(self.acceptor_, {tcp::v4(), kDefaultPort});
    if (!error) return self;
    return sys_error(error.value(), "listen on",
                     "TCP port " + std::to_string(kDefaultPort) + " (another one: --bind)");
  }
  error_code error;
  const auto address = asio::ip::make_address(bind->host, error);
  if (error)
    return make_error(Errc::kInvalid, "--bind " + bind->host + ": not an address of this host");
  error = listen_on(self.acceptor_, {address, bind->port});
  if (!error) return self;
  return sys_error(error.value(), "listen on",
                   self.acceptor_.is_open() ? self.address()
                                            : bind->host + " port " + std::to_string(bind->port));
}

std::string Acceptor::address() const {
  error_code error;
  const auto at = acceptor_.local_endpoint(error);
  return to_string(Endpoint{to_ip(at.address()), at.port(), 0});
}

void Acceptor::start(OnAccepted on_accepted) {
  on_accepted_ = std::move(on_accepted);
  accept_next();
}

void Acceptor::accept_next() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {
      pause_.expires_after(kPause);
      pause_.async_wait([this](const error_code& stopped) {
        if (!stopped) accept_next();
      });
      return;
    }
    if (auto accepted = take_socket(std::move(socket))) on_accepted_(*std::move(accepted));
    accept_next();
  });
}

}  // namespace wgt::session
