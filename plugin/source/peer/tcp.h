// SPDX-License-Identifier: GPL-2.0-only
// A connected TCP socket, whoever opened it, becomes a descriptor and its two addresses.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>

#include "plugin/source/peer/acceptor.h"

namespace wgt::session {

// nullopt: it was closed meanwhile.
std::optional<Accepted> take_socket(boost::asio::ip::tcp::socket socket);

}  // namespace wgt::session
