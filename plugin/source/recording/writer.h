// SPDX-License-Identifier: GPL-2.0-only
// Writes a recording. Buffered: what was not flushed or closed is not in the
// file. The first failure stays: a frame may be half written, so every later
// call returns the same error. No fsync: losing the last seconds of a trace in
// a power cut is not worth stalling for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "plugin/event/host_info.h"
#include "plugin/source/recording/format.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::recording {

class Writer {
 public:
  // Makes or overwrites the file, mode 0600 in either case; "-" is the standard output, unless
  // that is a terminal.
  static Result<Writer> create(const std::string& path, const event::HostInfo& host);

  Result<void> host(const event::HostInfo& host);  // replaces the one before
  // One record as the kernel side wrote it, event::kRecordBytes of them: what is not known of it
  // by now may be known to who reads it.
  Result<void> add(std::span<const std::byte> record);
  // Call every few seconds, also when nothing was lost (format.md, "lost").
  Result<void> lost(const LostReport& report);
  Result<void> flush();
  // The end frame; summary.records is filled in here. Nothing may be added after it.
  Result<void> close(EndSummary summary);

  std::uint64_t records() const { return records_; }

 private:
  Writer(std::string name, UniqueFd fd, bool is_pipe)
      : name_(std::move(name)), fd_(std::move(fd)), is_pipe_(is_pipe) {}

  Result<void> frame(FrameType type, const std::string& payload);
  // A frame is made where it is written from: begin, append its payload to buffer_, end.
  std::size_t begin_frame();
  Result<void> end_frame(FrameType type, std::size_t at);
  Result<void> end_batch();
  Result<void> write_out();
  Result<void> wait_for_reader();

  std::string name_;
  UniqueFd fd_;
  bool is_pipe_;
  bool ending_ = false;
  std::string buffer_;                   // frames, not yet written
  std::optional<std::size_t> batch_at_;  // where the frame of records begins that is being filled
  std::uint64_t records_ = 0;
  std::optional<Error> failed_;
};

}  // namespace wgt::recording
