// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/probe_watch.h"

#include <algorithm>
#include <chrono>

#include "wgtools/base/clock.h"

namespace wgt::app {
namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr std::int64_t kMs = 1'000'000;
// An answer that comes later is none. A packet that was not seen to arrive is told after two
// seconds (join::JoinOptions).
constexpr std::int64_t kPathNs = 3'000 * kMs;
// Without a session a packet waits. A handshake is tried again after five seconds, and with the
// third attempt it is known that none is answered (health, hs.no_answer).
constexpr std::int64_t kHandshakeNs = 11'500 * kMs;

}  // namespace

ProbeWatch::ProbeWatch(BorrowedFd netns, ProbeOptions options, std::string interface, News finished)
    : netns_(netns),
      options_(options),
      interface_(std::move(interface)),
      finished_(std::move(finished)) {}

void ProbeWatch::begin(LiveRun& run) {
  run_ = &run;
  auto prober = Prober::open(run.io(), netns_, options_, [this](const SentProbe&) { copy_news(); });
  if (!prober) {
    failure_ = prober.error();
    return run.stop();
  }
  const std::shared_ptr<Prober> kept = std::move(*prober);
  const auto timer = std::make_shared<boost::asio::steady_timer>(run.io());
  run.keep(kept);
  run.keep(timer);
  prober_ = kept.get();
  timer_ = timer.get();
  prober_->start();
  tick();
}

void ProbeWatch::copy_news() {
  if (prober_ == nullptr) return;
  const auto& sent = prober_->probes();
  for (std::size_t i = first_; i < sent.size(); i++) {
    if (i == first_ + entries_.size()) {
      entries_.emplace_back().sent_ns = clock_ns(CLOCK_MONOTONIC);
      entries_.back().probe.number = sent[i].number;
    }
    Entry& entry = entries_[i - first_];
    if (sent[i].answer_ns && !entry.probe.answer_ns) entry.answered_ns = clock_ns(CLOCK_MONOTONIC);
    entry.probe.error = sent[i].error;
    entry.probe.answer_ns = sent[i].answer_ns;
    entry.probe.refused = sent[i].refused;
    entry.probe.rejected = sent[i].rejected;
  }
}

ProbeWatch::Entry* ProbeWatch::entry_of(std::optional<std::size_t> index) {
  if (!index || *index < first_ || *index - first_ >= entries_.size()) return nullptr;
  return &entries_[*index - first_];
}

void ProbeWatch::keep(std::optional<explain::PathView>& known,
                      const explain::PathView& path) const {
  const auto is_ours = [&](const explain::PathView& view) {
    return (view.tx && view.tx->interface == interface_) ||
           (view.rx && view.rx->interface == interface_);
  };
  // What amends it, and the tunnel that was asked about where others carry it.
  if (!known || path.amends || (is_ours(path) && !is_ours(*known))) known = path;
}

void ProbeWatch::path(const explain::PathView& path) {
  if (prober_ == nullptr || !path.inner) return;
  copy_news();
  if (Entry* entry = entry_of(prober_->probe_of(*path.inner))) keep(entry->probe.there, path);
  if (Entry* entry = entry_of(prober_->answer_to(*path.inner))) keep(entry->probe.back, path);
}

bool ProbeWatch::settled(const Entry& entry) {
  const health::Probe& probe = entry.probe;
  const std::int64_t now = clock_ns(CLOCK_MONOTONIC);
  if (probe.answer_ns) return (probe.there && probe.back) || now - entry.answered_ns > kPathNs;
  // How it ended may be amended by what is seen later.
  const bool waits = probe.there && event::is_pending(probe.there->verdict.id);
  if ((probe.there && !waits) || probe.error || probe.rejected)
    return now - entry.sent_ns > kPathNs;
  return now - entry.sent_ns > kHandshakeNs;
}

void ProbeWatch::tick() {
  while (told_ < first_ + entries_.size() && settled(entries_[told_ - first_])) {
    const bool go_on = !finished_ || finished_(entries_[told_ - first_].probe);
    told_++;
    if (!go_on) return run_->stop();
    if (told_ - first_ <= kMost) continue;
    entries_.pop_front();
    first_++;
  }
  if (prober_->all_sent() && told_ == first_ + entries_.size()) return run_->stop();
  timer_->expires_after(kTick);
  timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

Result<std::vector<health::Probe>> ProbeWatch::result() const {
  if (failure_) return *failure_;
  std::vector<health::Probe> probes;
  // Of those that a signal cut off nothing is known yet, unless there are no others.
  for (const Entry& entry : entries_)
    if (told_ == 0 || entry.probe.answer_ns || probes.size() + first_ < told_)
      probes.push_back(entry.probe);
  return probes;
}

}  // namespace wgt::app
