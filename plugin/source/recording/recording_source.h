// SPDX-License-Identifier: GPL-2.0-only
// A recording as a source: all of it is handed out within start(), by the rules in
// wg-trace-recording.5.
#pragma once

#include <string>

#include "plugin/source/source.h"

namespace wgt::recording {

class RecordingSource final : public source::Source {
 public:
  explicit RecordingSource(std::string path) : path_(std::move(path)) {}

  // Everything in the file is handed out, whatever is wanted. Errors: not a recording of a version
  // that is read. Damage comes as EventSink::failed, behind all that can be read; what was lost by
  // it is counted as lost between the progress before and behind it.
  Result<void> start(const source::Wanted& wanted, source::EventSink& sink) override;
  void stop() override {}
  source::Losses losses() const override { return losses_; }
  // Of a recording that was cut: of its last report on losses.
  std::uint64_t seen_until() const override { return seen_until_ns_; }

 private:
  std::string path_;
  source::Losses losses_;
  std::uint64_t seen_until_ns_ = 0;
};

}  // namespace wgt::recording
