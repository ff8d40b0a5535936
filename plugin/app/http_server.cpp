// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/http_server.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <csignal>
#include <list>
#include <memory>
#include <optional>

namespace wgt::app {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMostConnections = 16;
constexpr std::chrono::seconds kPatience{10};
// After an error that would come again at once (no descriptors left).
constexpr std::chrono::milliseconds kPause{200};
constexpr std::uint32_t kMostHeaderBytes = 16 * 1024;

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

Response answer(const Request& request, const Page& page) {
  const auto respond = [&](http::status status, std::string body, std::string_view type) {
    Response response(status, request.version());
    response.set(http::field::content_type, beast::string_view(type.data(), type.size()));
    response.keep_alive(false);
    response.body() = request.method() == http::verb::head ? std::string() : std::move(body);
    response.prepare_payload();
    return response;
  };
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return respond(http::status::method_not_allowed, "GET only\n", "text/plain");
  const auto target = request.target();
  if (target.substr(0, target.find('?')) != page.path)
    return respond(http::status::not_found, "see " + page.path + "\n", "text/plain");
  auto made = page.make();
  if (!made)
    return respond(http::status::service_unavailable, made.error().text + "\n", "text/plain");
  return respond(http::status::ok, *std::move(made), page.content_type);
}

class Connection;
using Connections = std::list<Connection*>;  // the oldest first

// One request, one answer; keeps itself alive until then.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const Page& page, Connections& open)
      : stream_(std::move(socket)),
        page_(page),
        open_(open),
        place_(open.insert(open.end(), this)) {
    parser_.header_limit(kMostHeaderBytes);
    parser_.body_limit(0);
  }
  ~Connection() { open_.erase(place_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    stream_.expires_after(kPatience);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       if (!error) self->reply();
                     });
  }

  bool is_idle() const { return !asked_; }
  // Ends it; it is gone once its handlers have run.
  void close() {
    asked_ = true;
    stream_.close();
  }

 private:
  void reply() {
    asked_ = true;
    response_ = answer(parser_.get(), page_);
    stream_.expires_after(kPatience);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](const error_code&, std::size_t) {
                        error_code ignored;
                        self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{kMostHeaderBytes};
  http::request_parser<http::empty_body> parser_;
  Response response_;
  const Page& page_;
  Connections& open_;
  Connections::iterator place_;
  bool asked_ = false;  // its request is here
};

class Server {
 public:
  explicit Server(const Page& page) : page_(page) {}

  Result<void> run(const Endpoint& at, const std::function<void()>& ready) {
    const auto address = asio::ip::make_address(to_string(at.address));
    const tcp::endpoint endpoint(address, at.port);
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return sys_error(error.value(), "listen on", to_string(at));
    asio::signal_set signals(io_, SIGINT, SIGTERM, SIGHUP);
    signals.async_wait([this](const error_code& failed, int) {
      if (!failed) io_.stop();
    });
    accept();
    ready();
    io_.run();
    return {};
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error || open_.size() >= kMostConnections) close_one();
      if (error) return pause();
      // Too many that have asked: the rest are closed at once, and may come again.
      if (open_.size() < 2 * kMostConnections)
        std::make_shared<Connection>(std::move(socket), page_, open_)->start();
      accept();
    });
  }

  void pause() {
    pause_.expires_after(kPause);
    pause_.async_wait([this](const error_code& stopped) {
      if (!stopped) accept();
    });
  }

  // Who has said nothing for longest makes room: idle connections must shut nobody out.
  void close_one() {
    const auto idle =
        std::find_if(open_.begin(), open_.end(), [](const Connection* c) { return c->is_idle(); });
    if (idle != open_.end()) (*idle)->close();
  }

  const Page& page_;
  // Connections leave it when they end, so they must end first.
  Connections open_;
  asio::io_context io_;
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
};

}  // namespace

Result<void> serve(const Endpoint& at, const Page& page, const std::function<void()>& ready) {
  return Server(page).run(at, ready);
}

}  // namespace wgt::app
