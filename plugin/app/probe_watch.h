// SPDX-License-Identifier: GPL-2.0-only
// Probes on their way: sent when the watch has begun, followed by the paths that it tells, until
// what can be known of them is known.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/app/live_run.h"
#include "plugin/app/prober.h"
#include "plugin/health/answer.h"
#include "plugin/sink/sink.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::app {

class ProbeWatch final : public sink::Sink {
 public:
  // False: enough.
  using News = std::function<bool(const health::Probe& probe)>;

  // netns must outlive it. interface: the tunnel, of which a packet's first path is told where it
  // passes several. finished: called with each probe once no more can be learnt of it; may be
  // empty. Of those that were told the last kMost are kept.
  static constexpr std::size_t kMost = 64;
  ProbeWatch(BorrowedFd netns, ProbeOptions options, std::string interface, News finished);

  // To be called when the watch has begun. An error stops it.
  void begin(LiveRun& run);
  // After the watch: the last probes, or why there are none.
  Result<std::vector<health::Probe>> result() const;

  void path(const explain::PathView& path) override;
  void handshake(const explain::HandshakeView&) override {}
  void summary(const explain::Summary&) override {}

 private:
  void keep(std::optional<explain::PathView>& known, const explain::PathView& path) const;
  void tick();
  struct Entry {
    health::Probe probe;
    std::int64_t sent_ns = 0;
    std::int64_t answered_ns = 0;
  };
  static bool settled(const Entry& entry);
  Entry* entry_of(std::optional<std::size_t> index);
  void copy_news();

  BorrowedFd netns_;
  ProbeOptions options_;
  std::string interface_;
  News finished_;
  LiveRun* run_ = nullptr;  // from begin() to the end of the watch, as the next two
  Prober* prober_ = nullptr;
  boost::asio::steady_timer* timer_ = nullptr;
  std::deque<Entry> entries_;
  std::size_t first_ = 0;  // of the prober's probes
  std::size_t told_ = 0;   // of the prober's probes
  std::optional<Error> failure_;
};

}  // namespace wgt::app
