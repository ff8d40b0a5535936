// SPDX-License-Identifier: GPL-2.0-only
// The watcher's way to the listener: TCP, or the pipes of an ssh that runs it over there.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "plugin/source/peer/address.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::session {

// --pair ssh:HOST[/IFACE]
struct SshTarget {
  std::string host;
  std::string interface;  // over there
};
using Target = std::variant<HostPort, SshTarget>;

// interface: what it is called over there, unless the text says so. Errors: kInvalid.
Result<Target> parse_target(const std::string& text, const std::string& interface);
std::string to_string(const Target& target);

// ssh, ended with this.
class Child {
 public:
  Child() = default;
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child();
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }

 private:
  pid_t pid_ = -1;
};

struct Dialed {
  UniqueFd socket;
  std::optional<Connection> connection;  // nullopt: ssh's own
  Child ssh;
};

class Dialer {
 public:
  using OnDialed = std::function<void(Result<Dialed>)>;

  explicit Dialer(boost::asio::io_context& io) : resolver_(io), socket_(io) {}

  // One at a time. Calls back once, perhaps at once; not after cancel().
  void dial(const Target& target, OnDialed on_dialed);
  void cancel();

 private:
  void dial_tcp(const HostPort& target);
  Result<Dialed> run_ssh(const SshTarget& target);
  void done(Result<Dialed> result);

  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  OnDialed on_dialed_;
};

}  // namespace wgt::session
