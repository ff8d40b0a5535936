// SPDX-License-Identifier: GPL-2.0-only
// Records of this host in an io_context that somebody else runs: as they come, and a tick ten times
// a second. Can be started and stopped again; the kernel side only works while it runs.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "plugin/event/from_abi.h"
#include "plugin/source/kernel/consumer.h"
#include "wgtools/base/result.h"

namespace wgt::kernel {

struct LiveHandlers {
  // Called while the ring is read: quick. `bytes`: the event as the kernel side wrote it. False:
  // enough, end the loop.
  std::function<bool(const event::Event& event, std::span<const std::byte> bytes)> event;
  // The same for steps of handshakes. Empty: they are not asked for.
  std::function<void(const event::HandshakeStep& step, std::span<const std::byte> bytes)>
      handshake = {};
  // Ten times a second, and once after the last record. Every record that was
  // written before now_ns (CLOCK_MONOTONIC) has been handed out: only then may
  // the missing of one mean something. False: end the loop.
  std::function<bool(std::int64_t now_ns)> tick;
  // Whether records can be taken in; empty: always. While not, they wait in the ring.
  std::function<bool()> has_room = {};
};

struct LiveResult {
  event::DecodeStats decoded;
  std::map<std::string, std::uint64_t> losses;
  source::LeftOut left_out;
  // It ended because what was asked for is not traced any more: the last records may be missing.
  bool taken_down = false;
};

class LiveFeed {
 public:
  // `enough` is called when a handler has had enough, or what was asked for is taken down: once for
  // each start(). All must outlive it.
  LiveFeed(boost::asio::io_context& io, const LiveHandlers& handlers, std::function<void()> enough);

  Result<void> start(const PinDirectory& pins, const Consumer::Wanted& wanted);
  bool is_running() const { return consumer_ != nullptr; }
  const Consumer& consumer() const { return *consumer_; }  // while it runs
  const event::DecodeStats& decoded() const { return decoded_; }
  bool was_taken_down() const { return taken_down_; }

  // No new records; hands out what is there, and ticks a last time.
  LiveResult stop();

 private:
  bool take(std::span<const std::byte> bytes);
  bool has_room() const { return !handlers_.has_room || handlers_.has_room(); }
  bool consume();
  void wait_for_records();
  void next_tick();
  void look_whether_traced();

  const LiveHandlers& handlers_;
  std::function<void()> enough_called_;
  boost::asio::posix::stream_descriptor ring_;
  boost::asio::steady_timer ticks_;
  std::unique_ptr<Consumer> consumer_;
  event::DecodeStats decoded_;
  std::int64_t seen_until_ns_ = 0;  // CLOCK_MONOTONIC
  bool enough_ = false;
  bool taken_down_ = false;
  bool waits_ = false;  // for the ring to be readable
};

}  // namespace wgt::kernel
