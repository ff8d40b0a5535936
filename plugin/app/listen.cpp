// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/listen.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <list>
#include <span>
#include <utility>

#include "plugin/app/listen_session.h"
#include "plugin/app/session_log.h"
#include "plugin/join/unnumbered_drops.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/clock.h"
#include "plugin/source/kernel/kernel_source.h"
#include "plugin/source/kernel/live_host.h"
#include "plugin/source/kernel/tracer.h"
#include "plugin/source/peer/acceptor.h"
#include "plugin/source/peer/disclosure.h"
#include "plugin/source/peer/gate.h"
#include "plugin/source/peer/location_numbers.h"
#include "plugin/source/peer/pair_words.h"
#include "plugin/source/source.h"
#include "wgtools/base/netns.h"
#include "wgtools/base/time.h"
#include "wgtools/wg/secret_dump.h"

namespace wgt::app {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kMaxSessions = 64;
constexpr std::ptrdiff_t kMaxSessionsOfPeer = 8;
constexpr std::chrono::milliseconds kLook{100};
constexpr unsigned kLooksPerCheck = 10;
constexpr std::chrono::seconds kSayGoodbye{1};

class Service final : ListenHost, source::EventSink {
 public:
  Service(const kernel::PinDirectory& pins, const Interface& interface, kernel::LiveHost host)
      : pins_(pins),
        interface_(interface),
        host_(std::move(host)),
        disclosure_(interface.key),
        log_(interface.device.name),
        source_(io_, pins_, host_),
        looks_(io_) {}

  Result<void> run(const ListenOptions& options) {
    asio::signal_set signals(io_, SIGINT, SIGTERM, SIGHUP);
    const auto stop = [this](const error_code& error, auto...) {
      if (!error) io_.stop();
    };
    signals.async_wait(stop);
    asio::steady_timer end(io_);
    if (options.duration) {
      end.expires_after(*options.duration);
      end.async_wait(stop);
    }
    std::optional<session::Acceptor> acceptor;
    if (options.stdio) {
      WGT_TRY_VOID(serve_stdio());
    } else {
      WGT_TRY(acceptor, session::Acceptor::open(io_, options.bind));
      acceptor->start([this](session::Accepted accepted) { take(std::move(accepted)); });
      sink::say("listening on " + acceptor->address() + " for peers of " + interface_.label + " …");
    }
    stdio_ = options.stdio;
    poll_again();
    io_.run();
    acceptor.reset();
    signals.cancel();
    end.cancel();
    say_goodbye();
    return std::move(ended_);
  }

 private:
  // --- connections

  Result<void> serve_stdio() {
    UniqueFd in(::dup(STDIN_FILENO));
    UniqueFd out(::dup(STDOUT_FILENO));
    if (!in || !out) return errno_error("duplicate", "standard input and output");
    const char* ssh = std::getenv("SSH_CONNECTION");
    const auto connection = ssh != nullptr ? session::connection_of_ssh(ssh) : std::nullopt;
    try {
      add(std::move(in), std::move(out), "standard input", connection);
    } catch (const boost::system::system_error& error) {
      return make_error(Errc::kInvalid,
                        std::string("--stdio wants pipes, as ssh gives them: ") + error.what());
    }
    return {};
  }

  void take(session::Accepted accepted) {
    const Endpoint from = accepted.connection.there;
    UniqueFd copy(::dup(accepted.socket.get()));
    if (!copy || !gate_.enter(from.address)) {
      turned_away(to_string(from), copy ? "too many wait for their handshake" : "no descriptors");
      return;
    }
    add(std::move(accepted.socket), std::move(copy), to_string(from), accepted.connection);
    sessions_.back().waiting = from.address;
  }

  // Many may come: one line a second says it.
  void turned_away(const std::string& from, const std::string& why) {
    const std::int64_t now = kernel::clock_ns(CLOCK_MONOTONIC);
    if (now - turned_away_ns_ < kNsPerSecond) return;
    turned_away_ns_ = now;
    sink::say("wg-trace: " + from + " was turned away: " + why);
  }

  void add(UniqueFd in, UniqueFd out, const std::string& name,
           const std::optional<session::Connection>& connection) {
    Entry entry;
    entry.session = std::make_unique<ListenSession>(
        io_, static_cast<ListenHost&>(*this), std::move(in), std::move(out), name, connection);
    sessions_.push_back(std::move(entry));
  }

  // --- ListenHost

  wg::PublicKey public_key() override {
    host_.refresh_if_old();
    const wg::Device* device = host_.device(interface_.key);
    return device != nullptr ? device->public_key : interface_.device.public_key;
  }

  Result<session::KeyPair> key_pair() override {
    if (!gate_.spend(kernel::mono_ns()))
      return make_error(Errc::kTimeout, "too many handshakes at once; try again");
    WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(interface_.netns));
    WGT_TRY(wg::SecretKey key, wg::read_private_key(interface_.key.ifindex));
    return session::key_pair(std::move(key));
  }

  Result<wg::SecretKey> admit(const wg::PublicKey& peer, const wg::PublicKey& ephemeral) override {
    if (!gate_.is_new(ephemeral)) return make_error(Errc::kProtocol, "its opening is a replay");
    WGT_TRY(const wg::Device device, dump(interface_));
    if (!has_peer(device, peer))
      return make_error(Errc::kPermission,
                        session::unknown_sender_words(peer, interface_.device.name));
    WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(interface_.netns));
    return wg::read_preshared_key(interface_.key.ifindex, peer);
  }

  // The other end can be told only once it is known who it is.
  void opened(ListenSession& session, session::PskMatch psk) override {
    const auto of_peer = std::count_if(sessions_.begin(), sessions_.end(), [&](const Entry& entry) {
      return entry.session->is_open() && entry.session->peer() == session.peer();
    });
    if (sessions_.size() > kMaxSessions || of_peer > kMaxSessionsOfPeer) {
      session.refuse(session::ByeReason::kTooManySessions);
      return;
    }
    sink::say("wg-trace: peer " + wg::short_form(session.peer()) + " watches from " +
              session.name());
    if (psk != session::PskMatch::kSame)
      sink::say("wg-trace: " + session::psk_words(psk, interface_.device.name, session.peer()));
  }

  Result<void> start_tracing() override {
    if (tracing_) return {};
    WGT_TRY_VOID(source_.start({.device = interface_.key, .handshakes = true}, *this));
    tracing_ = true;
    return {};
  }

  const event::HostInfo& host_info() override { return host_.info(); }
  std::uint64_t location(std::uint64_t address) override { return locations_.of(address); }
  std::uint64_t lost() override { return source_.losses().total(); }

  // --- source::EventSink: what this host saw

  void host(const event::HostInfo&) override { new_names_ = true; }

  bool event(const event::Event& event, std::span<const std::byte>) override {
    if (!drops_.take(event)) disclose(event);
    return true;
  }

  bool progress(const source::Progress& progress) override {
    for (const join::Observed& drop : drops_.numbered()) disclose(drop.event);
    const bool changed = std::exchange(new_names_, false);
    for (const Entry& entry : sessions_)
      entry.session->progress(static_cast<std::int64_t>(progress.seen_until_ns), changed);
    return true;
  }

  void ended(source::End end) override {
    if (end == source::End::kCut) end_untraced();
  }
  void failed(Error error) override {
    ended_ = std::move(error);
    io_.stop();
  }
  void notice(const std::string& text) override { sink::say(text); }

  void stop_tracing() {
    source_.stop();
    tracing_ = false;
  }

  void disclose(const event::Event& event) {
    const wg::Device* device = host_.device(interface_.key);
    const auto peer = disclosure_.peer_of(event, device != nullptr ? *device : interface_.device);
    if (!peer || is_ours(event)) return;
    for (const Entry& entry : sessions_)
      if (entry.session->is_serving() && entry.session->peer() == *peer) entry.session->add(event);
  }

  // A session inside the tunnel must not watch itself.
  bool is_ours(const event::Event& event) const {
    const event::Tuple* inner = event::inner_of(event);
    return inner != nullptr &&
           std::any_of(sessions_.begin(), sessions_.end(), [&](const Entry& entry) {
             const auto& connection = entry.session->connection();
             return connection && session::is_of(*inner, *connection);
           });
  }

  // --- housekeeping

  void poll_again() {
    looks_.expires_after(kLook);
    looks_.async_wait([this](const error_code& error) {
      if (error) return;
      poll();
      poll_again();
    });
  }

  void poll() {
    const std::int64_t now = kernel::clock_ns(CLOCK_MONOTONIC);
    for (const Entry& entry : sessions_) entry.session->check_silence(now);
    for (auto at = sessions_.begin(); at != sessions_.end();) {
      Entry& entry = *at;
      if (entry.waiting && (entry.session->is_open() || entry.session->over())) {
        gate_.leave(*entry.waiting);
        entry.waiting.reset();
      }
      if (!entry.session->over()) {
        ++at;
        continue;
      }
      log_.ended(*entry.session, public_key(), now);
      at = sessions_.erase(at);
    }
    if (stdio_ && sessions_.empty()) io_.stop();
    const bool serving = std::any_of(sessions_.begin(), sessions_.end(), [](const Entry& entry) {
      return entry.session->is_serving();
    });
    if (!serving && tracing_) stop_tracing();
    if (++looked_ % kLooksPerCheck == 0) check_configuration();
  }

  void end_untraced() {
    goodbye_ = session::ByeReason::kNotTraced;
    ended_ = make_error(Errc::kNotFound, interface_.label + " is not traced any more");
    io_.stop();
  }

  // The interface may be gone, or a peer be removed, while its session goes on.
  void check_configuration() {
    if (sessions_.empty()) return;
    const auto traced = kernel::traced_devices(pins_);
    if (!traced) return;  // not to be told now, as when descriptors run out: look again
    const bool still = std::any_of(traced->begin(), traced->end(),
                                   [&](const auto& d) { return d.key == interface_.key; });
    if (!still) return end_untraced();
    host_.refresh_if_old();
    const wg::Device* device = host_.device(interface_.key);
    for (auto at = sessions_.begin(); at != sessions_.end();) {
      ListenSession& session = *at->session;
      const bool removed =
          device != nullptr && session.is_open() && !has_peer(*device, session.peer());
      if (removed) {
        session.bye(session::ByeReason::kNotAPeer);
        sink::say("wg-trace: " + session.name() + ": peer " + wg::short_form(session.peer()) +
                  " was removed");
      }
      at = removed ? sessions_.erase(at) : std::next(at);
    }
  }

  static bool has_peer(const wg::Device& device, const wg::PublicKey& key) {
    return std::any_of(device.peers.begin(), device.peers.end(),
                       [&](const wg::Peer& peer) { return peer.public_key == key; });
  }

  void say_goodbye() {
    looks_.cancel();
    if (tracing_) stop_tracing();
    for (const Entry& entry : sessions_) entry.session->bye(goodbye_);
    sessions_.clear();
    io_.restart();
    io_.run_for(kSayGoodbye);
  }

  struct Entry {
    std::unique_ptr<ListenSession> session;
    std::optional<IpAddress> waiting;  // has a place at the gate
  };

  const kernel::PinDirectory& pins_;
  const Interface& interface_;
  kernel::LiveHost host_;
  session::Disclosure disclosure_;
  join::UnnumberedDrops drops_;
  session::Gate gate_;
  session::LocationNumbers locations_;
  SessionLog log_;
  asio::io_context io_;
  kernel::KernelSource source_;
  bool tracing_ = false;
  bool new_names_ = false;
  asio::steady_timer looks_;
  std::list<Entry> sessions_;
  unsigned looked_ = 0;
  std::int64_t turned_away_ns_ = -kNsPerSecond;
  bool stdio_ = false;
  session::ByeReason goodbye_ = session::ByeReason::kDone;
  Result<void> ended_;
};

}  // namespace

Result<void> listen(const kernel::PinDirectory& pins, const Interface& interface,
                    const ListenOptions& options) {
  WGT_TRY(kernel::LiveHost host, kernel::LiveHost::open(pins, interface.key));
  return Service(pins, interface, std::move(host)).run(options);
}

}  // namespace wgt::app
