// SPDX-License-Identifier: GPL-2.0-only
// What an output costs: this, and a row. tests/plugin/app/pipeline_test.cpp runs it in every
// pipeline.
#pragma once

#include <cstdint>
#include <memory>

#include "plugin/sink/sinks.h"
#include "plugin/sink/stream_sink.h"

namespace wgt::test {

class CountSink final : public sink::StreamSink {
 public:
  using StreamSink::StreamSink;
  void path(const explain::PathView& path) override {
    (event::is_success(path.verdict.id) ? arrived_ : other_)++;
  }
  void handshake(const explain::HandshakeView&) override { steps_++; }
  void summary(const explain::Summary& summary) override {
    out_ << arrived_ << " arrived, " << other_ << " did not, " << steps_ << " steps, "
         << summary.lost << " lost\n";
  }

 private:
  std::uint64_t arrived_ = 0, other_ = 0, steps_ = 0;
};

inline constexpr sink::SinkKind kCountSink = {
    "count", "how many arrived",
    [](std::ostream& out, const sink::TextStyle&) -> std::unique_ptr<sink::Sink> {
      return std::make_unique<CountSink>(out);
    }};

}  // namespace wgt::test
