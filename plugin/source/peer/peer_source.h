// SPDX-License-Identifier: GPL-2.0-only
// The tunnel's other end as a source: dials, shakes hands, asks, notices silence, and begins again
// after a pause that grows. What happened there meanwhile is told as a gap (EventSink::ended).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "plugin/source/peer/dialer.h"
#include "plugin/source/peer/link.h"
#include "plugin/source/peer/watch_end.h"
#include "plugin/source/source.h"
#include "wgtools/base/unique_fd.h"
#include "wgtools/wg/device.h"

namespace wgt::session {

struct PeerOptions {
  Target target;
  std::optional<wg::PublicKey> peer;  // nullopt: the one that is there
  Ask ask;
  // Every time the clocks were compared. May be empty.
  std::function<void(const wg::PublicKey& peer, const source::RoundTrip& trip)> on_round_trip;
};

// This end of the tunnel. What it refers to must outlive the source.
struct OwnEnd {
  std::uint32_t ifindex;
  std::string name;
  const UniqueFd& netns;
  std::function<Result<wg::Device>()> dump;  // as configured now
};

class PeerSource final : public source::Source, WatchEvents {
 public:
  // io must outlive it.
  PeerSource(boost::asio::io_context& io, OwnEnd own_end, PeerOptions options);
  ~PeerSource() override;
  PeerSource(const PeerSource&) = delete;
  PeerSource& operator=(const PeerSource&) = delete;

  std::string name() const override { return name_; }
  // What was wanted of the other end is in PeerOptions::ask.
  Result<void> start(const source::Wanted& wanted, source::EventSink& sink) override;
  void stop() override;  // for good; the io_context has a goodbye to send
  source::Losses losses() const override;
  std::uint64_t seen_until() const override { return seen_until_ns_; }

  // Whether a packet is of the session's own connection.
  bool is_ours(const event::Tuple& packet) const {
    return connection_ && is_of(packet, *connection_);
  }

 private:
  void dial();
  Result<void> shake_hands(Dialed dialed);
  Error with_hint(Error error) const;
  void over(Error why);
  void poll_again();
  void poll(std::int64_t now_ns);
  void received(Bytes bytes);

  void send(Bytes bytes) override { link_->send(bytes); }
  void opened(PskMatch psk) override;
  void compared(const source::RoundTrip& trip) override;
  void host(event::HostInfo info) override;
  void events(std::span<event::Event> events) override;
  void progress(const Progress& progress) override;

  boost::asio::io_context& io_;
  const OwnEnd own_end_;
  const PeerOptions options_;
  source::EventSink* sink_ = nullptr;  // once started
  std::string name_;
  Dialer dialer_;
  boost::asio::steady_timer looks_;
  std::shared_ptr<Link> link_;  // null: dialing, or a pause
  std::optional<WatchEnd> end_;
  Child ssh_;
  std::optional<Connection> connection_;
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
  bool enough_ = false;  // the sink wants no more
  std::uint64_t seen_until_ns_ = 0;
  std::uint64_t lost_ = 0;         // in this session
  std::uint64_t lost_before_ = 0;  // in those before
  std::uint64_t bad_before_ = 0;
};

}  // namespace wgt::session
