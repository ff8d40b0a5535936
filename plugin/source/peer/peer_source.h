// SPDX-License-Identifier: GPL-2.0-only
// Keeps a session with the tunnel's other end: dials, shakes hands, asks, notices silence, and
// begins again after a pause that grows.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "plugin/app/interface.h"
#include "plugin/app/paired_watch.h"
#include "plugin/source/peer/dialer.h"
#include "plugin/source/peer/link.h"
#include "plugin/source/peer/watch_end.h"

namespace wgt::app {

class PairEvents {
 public:
  // Clocks were compared, nothing was asked yet: the time to begin watching here.
  virtual Result<void> ready() = 0;
  virtual void round_trip(const session::RoundTrip& trip) = 0;
  virtual void host(event::HostInfo info) = 0;
  virtual void events(std::span<event::Event> events) = 0;
  virtual void progress(const session::Progress& progress) = 0;
  // A session that gave a host is over; another one is tried.
  virtual void ended() = 0;
  // It will not work: the first connection failed.
  virtual void failed(Error error) = 0;

 protected:
  ~PairEvents() = default;
};

class PairClient final : session::WatchEvents {
 public:
  // All must outlive it.
  PairClient(boost::asio::io_context& io, const Interface& interface, const PairOptions& pair,
             session::Ask ask, PairEvents& events);
  ~PairClient();
  PairClient(const PairClient&) = delete;
  PairClient& operator=(const PairClient&) = delete;

  void start();
  void goodbye();  // for good

  // Whether a packet is of the session's own connection.
  bool is_ours(const event::Tuple& packet) const {
    return connection_ && session::is_of(packet, *connection_);
  }
  std::uint64_t bad_records() const { return bad_records_; }
  const std::string& name() const { return name_; }

  const wg::PublicKey& peer() const { return peer_; }  // once anything of the session is told

 private:
  void dial();
  Result<void> shake_hands(session::Dialed dialed);
  Error with_hint(Error error) const;
  void over(Error why);
  void poll_again();
  void poll(std::int64_t now_ns);
  void received(session::Bytes bytes);

  void send(session::Bytes bytes) override { link_->send(bytes); }
  void opened(session::PskMatch psk) override;
  void compared(const session::RoundTrip& trip) override;
  void host(event::HostInfo info) override;
  void events(std::span<event::Event> events) override { events_.events(events); }
  void progress(const session::Progress& progress) override;

  boost::asio::io_context& io_;
  const Interface& interface_;
  const PairOptions& pair_;
  session::Ask ask_;
  PairEvents& events_;
  std::string name_;
  session::Dialer dialer_;
  boost::asio::steady_timer looks_;
  std::shared_ptr<session::Link> link_;  // null: dialing, or a pause
  std::optional<session::WatchEnd> end_;
  session::Child ssh_;
  std::optional<session::Connection> connection_;
  wg::PublicKey own_;
  wg::PublicKey peer_;
  std::optional<Error> failure_;  // found while bytes were read
  std::int64_t heard_ns_ = 0;
  std::int64_t ping_ns_ = 0;
  std::int64_t progress_ns_ = 0;
  std::optional<std::int64_t> dial_at_ns_;  // a pause
  unsigned failures_ = 0;                   // since the last session that gave a host
  bool answered_ = false;                   // a byte came
  bool asked_ = false;
  bool watching_ = false;       // this session gave a host
  bool ever_watching_ = false;  // any did
  bool psk_told_ = false;
  std::uint64_t bad_records_ = 0;
};

}  // namespace wgt::app
