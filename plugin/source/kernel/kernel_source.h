// SPDX-License-Identifier: GPL-2.0-only
// This host as a source: its ring, its losses, its names. It owns the consumer: from start() to
// stop() the kernel side makes records for it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <span>
#include <utility>

#include "plugin/source/kernel/bpffs.h"
#include "plugin/source/kernel/live_feed.h"
#include "plugin/source/kernel/live_host.h"
#include "plugin/source/source.h"

namespace wgt::kernel {

class KernelSource final : public source::Source {
 public:
  // All must outlive it. names: learns from the events as they come.
  KernelSource(boost::asio::io_context& io, const PinDirectory& pins, LiveHost& names);

  Result<void> start(const source::Wanted& wanted, source::EventSink& sink) override;
  void stop() override;
  source::Losses losses() const override;
  source::LeftOut left_out() const override;
  std::uint64_t seen_until() const override { return seen_until_ns_; }

 private:
  bool take(const event::Event& event, std::span<const std::byte> bytes);
  void take(const event::HandshakeStep& step, std::span<const std::byte> bytes);
  void names_may_have_changed();
  bool tick(std::int64_t now_ns);
  void ended();

  const PinDirectory& pins_;
  LiveHost& host_;
  source::EventSink* sink_ = nullptr;  // while it runs
  const LiveHandlers handlers_{
      .event = [this](const event::Event& event, auto bytes) { return take(event, bytes); },
      .handshake = [this](const event::HandshakeStep& step, auto bytes) { take(step, bytes); },
      .tick = [this](std::int64_t now_ns) { return tick(now_ns); },
      .has_room = [this] { return sink_->has_room(); }};
  LiveFeed feed_;
  source::Losses losses_;     // once stopped
  source::LeftOut left_out_;  // the same
  std::uint64_t seen_until_ns_ = 0;
};

}  // namespace wgt::kernel
