// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/live_feed.h"

#include <unistd.h>

#include <utility>

#include "plugin/source/kernel/clock.h"

namespace wgt::kernel {

namespace {

using boost::system::error_code;

// Records handled before signals and timers get a turn again.
constexpr std::size_t kBatch = 4096;
constexpr std::chrono::milliseconds kTick{Consumer::kLookEveryMs};

}  // namespace

LiveFeed::LiveFeed(boost::asio::io_context& io, const LiveHandlers& handlers,
                   std::function<void()> enough)
    : handlers_(handlers), enough_called_(std::move(enough)), ring_(io), ticks_(io) {}

Result<void> LiveFeed::start(const PinDirectory& pins, const Consumer::Wanted& wanted) {
  decoded_ = {};
  enough_ = false;
  taken_down_ = false;
  WGT_TRY(consumer_, Consumer::start(pins, wanted, [this](auto bytes) { return take(bytes); }));
  seen_until_ns_ = clock_ns(CLOCK_MONOTONIC);
  // The ring's descriptor stays the consumer's: a copy is given to asio.
  const int copy = ::dup(consumer_->fd());
  if (copy < 0) {
    auto error = errno_error("duplicate", "the ring's descriptor");
    consumer_.reset();
    return error;
  }
  ring_.assign(copy);
  waits_ = true;
  wait_for_records();
  next_tick();
  return {};
}

LiveResult LiveFeed::stop() {
  boost::system::error_code ignored;
  ring_.close(ignored);
  ticks_.cancel();
  look_whether_traced();
  consumer_->stop();
  if (!taken_down_) seen_until_ns_ = clock_ns(CLOCK_MONOTONIC);
  while (!enough_ && consumer_->consume(kBatch) == kBatch) continue;
  LiveResult result{decoded_, consumer_->losses(), consumer_->left_out(), taken_down_};
  handlers_.tick(seen_until_ns_);
  consumer_.reset();
  return result;
}

bool LiveFeed::take(std::span<const std::byte> bytes) {
  if (enough_) return false;
  auto event = event::decode(bytes, decoded_);
  if (!event) return true;
  if (const auto* step = std::get_if<event::HandshakeStep>(&*event)) {
    if (handlers_.handshake) handlers_.handshake(*step, bytes);
  } else if (!handlers_.event(*event, bytes)) {
    enough_ = true;
  }
  return !enough_;
}

// False: there is more, or it is enough.
bool LiveFeed::consume() {
  if (!has_room()) return false;
  const bool empty = consumer_->consume(kBatch) < kBatch;
  if (enough_) enough_called_();
  return empty && !enough_;
}

void LiveFeed::wait_for_records() {
  ring_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                   [this](const error_code& error) {
                     if (error) return;
                     consume();
                     // Else the next tick looks: what waits in the ring would wake us at once.
                     waits_ = consumer_ && has_room();
                     if (waits_) wait_for_records();
                   });
}

// What is not traced any more was traced when it was last looked at.
void LiveFeed::look_whether_traced() {
  const std::int64_t now = clock_ns(CLOCK_MONOTONIC);
  taken_down_ = taken_down_ || !consumer_->is_traced();
  if (!taken_down_) seen_until_ns_ = now;
}

void LiveFeed::next_tick() {
  ticks_.expires_after(kTick);
  ticks_.async_wait([this](const error_code& error) {
    if (error || !consumer_) return;
    // The kernel side wakes us only when much waits.
    look_whether_traced();
    if (taken_down_) return enough_called_();
    const std::int64_t now = seen_until_ns_;
    if (consume() && !handlers_.tick(now)) enough_called_();
    if (!consumer_) return;
    if (!std::exchange(waits_, true)) wait_for_records();
    next_tick();
  });
}

}  // namespace wgt::kernel
