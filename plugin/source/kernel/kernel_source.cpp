// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/kernel_source.h"

#include "plugin/source/kernel/clock.h"

namespace wgt::kernel {

KernelSource::KernelSource(boost::asio::io_context& io, const PinDirectory& pins, LiveHost& names)
    : pins_(pins), host_(names), feed_(io, handlers_, [this] { ended(); }) {}

// What was asked for may be taken down: then what came last may be missing.
void KernelSource::ended() {
  sink_->ended(feed_.was_taken_down() ? source::End::kCut : source::End::kWhole);
}

Result<void> KernelSource::start(const source::Wanted& wanted, source::EventSink& sink) {
  sink_ = &sink;
  WGT_TRY_VOID(feed_.start(pins_, {wanted.device, wanted.stacks, wanted.handshakes, wanted.filter,
                                   wanted.sample, wanted.carriers}));
  host_.info().watch_started_mono_ns = mono_ns();
  sink.host(host_.info());
  return sink.ready();
}

void KernelSource::names_may_have_changed() {
  if (host_.take_changed()) sink_->host(host_.info());
}

bool KernelSource::take(const event::Event& event, std::span<const std::byte> bytes) {
  host_.learn(event);
  names_may_have_changed();
  return sink_->event(event, bytes);
}

void KernelSource::take(const event::HandshakeStep& step, std::span<const std::byte> bytes) {
  host_.learn(step.device);
  names_may_have_changed();
  sink_->event(step, bytes);
}

bool KernelSource::tick(std::int64_t now_ns) {
  seen_until_ns_ = static_cast<std::uint64_t>(now_ns);
  host_.check_traced();
  names_may_have_changed();
  return sink_->progress({seen_until_ns_, losses().total()});
}

source::Losses KernelSource::losses() const {
  if (!feed_.is_running()) return losses_;
  return {feed_.consumer().losses(), feed_.decoded().bad()};
}

source::LeftOut KernelSource::left_out() const {
  return feed_.is_running() ? feed_.consumer().left_out() : left_out_;
}

void KernelSource::stop() {
  if (!feed_.is_running()) return;
  const LiveResult result = feed_.stop();
  losses_ = {result.losses, result.decoded.bad()};
  left_out_ = result.left_out;
  ended();
}

}  // namespace wgt::kernel
