// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/read_ahead.h"

#include <utility>

namespace wgt::app {

ReadAhead::~ReadAhead() { stop(); }

void ReadAhead::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ReadAhead::start() {
  thread_ = std::thread([this] { run(); });
}

void ReadAhead::run() {
  if (const auto started = source_.start({}, *this); !started) outcome_.damage = started.error();
  source_.stop();
  pass_on();
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
}

bool ReadAhead::event(const event::Event& event, std::span<const std::byte> /*bytes*/) {
  filling_.events.push_back(event);
  return filling_.events.size() < kBatch || pass_on();
}

bool ReadAhead::progress(const source::Progress& progress) {
  filling_.progress = progress;
  return pass_on();
}

bool ReadAhead::pass_on() {
  std::unique_lock lock(mutex_);
  if (filling_.events.empty() && !filling_.progress) return !stopped_;
  changed_.wait(lock, [this] { return ready_.size() < kAhead || stopped_; });
  if (stopped_) return false;
  ready_.push(std::exchange(filling_, {}));
  if (!spare_.empty()) {
    filling_ = std::move(spare_.back());
    spare_.pop_back();
  }
  lock.unlock();
  changed_.notify_all();
  return true;
}

std::optional<ReadAhead::Batch> ReadAhead::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || done_; });
  if (ready_.empty()) return std::nullopt;
  Batch batch = std::move(ready_.front());
  ready_.pop();
  lock.unlock();
  changed_.notify_all();
  return batch;
}

void ReadAhead::recycle(Batch batch) {
  batch.events.clear();
  batch.progress.reset();
  const std::lock_guard lock(mutex_);
  spare_.push_back(std::move(batch));
}

}  // namespace wgt::app
