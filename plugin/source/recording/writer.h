// SPDX-License-Identifier: GPL-2.0-only
// Writes a recording (wg-trace-recording.5). Buffered: what was not flushed or closed is not in the
// file. The first failure stays: every later call returns the same error, and the file ends with
// what was flushed before.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "plugin/event/host_info.h"
#include "plugin/source/recording/column_writer.h"
#include "plugin/source/recording/format.h"
#include "plugin/source/recording/output.h"
#include "plugin/source/recording/zstd.h"
#include "wgtools/base/result.h"

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
  // Call every second, also when nothing was lost: it says that every record from before
  // report.mono_ns was added.
  Result<void> lost(const LostReport& report);
  Result<void> flush();
  // The end block; summary.records is filled in here. Nothing may be added after it.
  Result<void> close(EndSummary summary);

  std::uint64_t records() const { return records_; }  // added
  std::uint64_t written() const { return written_; }  // of these, in the file
  std::uint64_t bytes() const { return output_.bytes(); }

 private:
  explicit Writer(Output output) : output_(std::move(output)) {}

  Result<void> end_records();
  Result<void> json(BlockType type, std::uint64_t at_ns, const std::string& text);
  Result<void> block(BlockHead head, Bytes plain);
  Result<void> write_out();

  Output output_;
  ColumnWriter columns_;
  Compressor compressor_;
  ByteVector plain_;   // of the block that is made
  ByteVector packed_;  // the same, compressed
  ByteVector buffer_;  // blocks, not yet written
  std::string host_;   // as it was written last
  std::uint32_t number_ = 0;
  std::uint32_t host_number_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t written_ = 0;
  std::optional<Error> failed_;
};

}  // namespace wgt::recording
