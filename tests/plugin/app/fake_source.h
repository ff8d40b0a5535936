// SPDX-License-Identifier: GPL-2.0-only
// A source that plays a script: at once, as a recording does, or one step a turn of an io_context.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "plugin/source/source.h"

namespace wgt::test {

class FakeSource final : public source::Source {
 public:
  using Step = std::function<void(FakeSource&, source::EventSink&)>;

  FakeSource(boost::asio::io_context* io, std::string name, std::vector<Step> script)
      : io_(io), name_(std::move(name)), script_(std::move(script)) {}

  std::string name() const override { return name_; }
  Result<void> start(const source::Wanted& wanted, source::EventSink& sink) override {
    wanted_ = wanted;
    for (const Step& step : script_) {
      if (io_ == nullptr)
        step(*this, sink);
      else
        boost::asio::post(*io_, [&] { step(*this, sink); });
    }
    return {};
  }
  void stop() override { stopped_ = true; }
  source::Losses losses() const override { return losses_; }
  std::uint64_t seen_until() const override { return seen_until_ns_; }

  void progress(source::EventSink& sink, std::uint64_t until_ns) {
    seen_until_ns_ = until_ns;
    wants_more_ = sink.progress({until_ns, losses_.total()});
  }

  source::Wanted wanted_;
  source::Losses losses_;
  std::uint64_t seen_until_ns_ = 0;
  bool wants_more_ = true;
  bool stopped_ = false;

 private:
  boost::asio::io_context* io_;
  std::string name_;
  std::vector<Step> script_;
};

// Steps of a script.
inline FakeSource::Step named(event::HostInfo host) {
  return [host = std::move(host)](FakeSource&, source::EventSink& sink) {
    sink.host(host);
    ASSERT_TRUE(sink.ready());
  };
}
inline FakeSource::Step saw(const wgt::event::Event& event) {
  return [event](FakeSource& self, source::EventSink& sink) {
    self.wants_more_ = sink.event(event, {});
  };
}
inline FakeSource::Step until(std::uint64_t ns) {
  return [ns](FakeSource& self, source::EventSink& sink) { self.progress(sink, ns); };
}
inline FakeSource::Step lost(const std::string& cause, std::uint64_t count) {
  return [=](FakeSource& self, source::EventSink&) { self.losses_.by_cause[cause] = count; };
}
inline FakeSource::Step ended(source::End end) {
  return [=](FakeSource&, source::EventSink& sink) { sink.ended(end); };
}
inline FakeSource::Step failed(const std::string& why) {
  return
      [=](FakeSource&, source::EventSink& sink) { sink.failed(make_error(Errc::kCorrupt, why)); };
}
inline FakeSource::Step notice(const std::string& text) {
  return [=](FakeSource&, source::EventSink& sink) { sink.notice(text); };
}
// The other end's, whose clock is ahead by so much.
inline FakeSource::Step round_trip(std::uint64_t at_ns, std::int64_t ahead_ns) {
  return [=](FakeSource&, source::EventSink& sink) {
    const auto there = at_ns + static_cast<std::uint64_t>(ahead_ns);
    sink.round_trip({at_ns, there + 1000, there + 2000, at_ns + 3000});
  };
}
inline FakeSource::Step ready() {
  return [](FakeSource&, source::EventSink& sink) { ASSERT_TRUE(sink.ready()); };
}

// What is said on standard error while it lives.
class Heard {
 public:
  Heard() : before_(std::cerr.rdbuf(said_.rdbuf())) {}
  ~Heard() { std::cerr.rdbuf(before_); }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;
  std::string text() const { return said_.str(); }

 private:
  std::ostringstream said_;
  std::streambuf* before_;
};

}  // namespace wgt::test
