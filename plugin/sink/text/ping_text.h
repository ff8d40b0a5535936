// SPDX-License-Identifier: GPL-2.0-only
// `ping`: a line a probe, in columns, and a summary as ping's.
#pragma once

#include <cstdint>
#include <ostream>

#include "plugin/health/answer.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

class PingText {
 public:
  PingText(std::ostream& out, const TextStyle& style) : out_(out), style_(style) {}

  void begin(const health::WhyFacts& facts);
  void probe(const health::Probe& probe);
  // Nothing if there was no probe.
  void summary();

 private:
  std::ostream& out_;
  TextStyle style_;
  std::uint64_t probes_ = 0;
  std::uint64_t answers_ = 0;
  std::int64_t least_ns_ = 0;
  std::int64_t most_ns_ = 0;
  double sum_ns_ = 0;
  double squares_ns_ = 0;
};

}  // namespace wgt::sink
