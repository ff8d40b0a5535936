// SPDX-License-Identifier: GPL-2.0-only
// A source that ends by itself, run in a thread of its own: some batches ahead of whoever takes
// them, never more.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <thread>
#include <vector>

#include "plugin/source/source.h"

namespace wgt::app {

class ReadAhead final : private source::EventSink {
 public:
  struct Batch {
    std::vector<event::Event> events;
    std::optional<source::Progress> progress;  // behind them
  };
  // What is known once there is no more batch.
  struct Outcome {
    bool cut = false;
    std::string note;
    std::optional<Error> damage;
  };

  // The source must outlive it.
  explicit ReadAhead(source::Source& source) : source_(source) {}
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead();

  void start();
  // No more batches; returns when the source does not run any more.
  void stop();
  // Waits for it. nullopt: that was all.
  std::optional<Batch> next();
  // Takes a batch back, for its memory.
  void recycle(Batch batch);
  const Outcome& outcome() const { return outcome_; }

 private:
  static constexpr std::size_t kBatch = 1024;  // events
  static constexpr std::size_t kAhead = 2;     // batches

  void host(const event::HostInfo&) override {}  // known from the survey
  bool event(const event::Event& event, std::span<const std::byte> bytes) override;
  bool progress(const source::Progress& progress) override;
  void ended(source::End end) override { outcome_.cut = end == source::End::kCut; }
  void failed(Error error) override { outcome_.damage = std::move(error); }
  void notice(const std::string& text) override { outcome_.note = text; }
  void run();
  bool pass_on();

  source::Source& source_;
  Batch filling_;
  Outcome outcome_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<Batch> ready_;
  std::vector<Batch> spare_;
  bool done_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace wgt::app
