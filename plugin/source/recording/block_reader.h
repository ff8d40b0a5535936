// SPDX-License-Identifier: GPL-2.0-only
// Reads format 2 (wg-trace-recording.5), block by block. Memory is bounded by the largest block.
// Nothing in the file is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "plugin/event/from_abi.h"
#include "plugin/source/recording/block_head.h"
#include "plugin/source/recording/format.h"
#include "plugin/source/recording/input.h"
#include "plugin/source/recording/zstd.h"
#include "wgtools/base/result.h"

namespace wgt::recording {

class BlockReader {
 public:
  // Behind the header.
  // outline: of most blocks of records only the head counts (kDense, kStride).
  explicit BlockReader(Input input, bool outline = false)
      : input_(std::move(input)), outline_(outline) {}

  // As Reader has them.
  Result<std::optional<Frame>> next();
  bool cut() const { return cut_; }
  std::uint64_t bytes() const { return input_.offset(); }
  const event::DecodeStats& stats() const { return stats_; }
  const std::set<unsigned>& unknown_types() const { return unknown_types_; }
  std::uint64_t left_out_until_ns() const { return left_out_until_ns_; }

 private:
  // Of an outline: so many blocks of records are decoded, and then one of so many.
  static constexpr std::uint64_t kDense = 8;
  static constexpr std::uint64_t kStride = 4;

  Result<std::optional<Frame>> next_block();  // nullopt: nothing to hand out; see done_
  Result<std::optional<Frame>> read_block(const ParsedHead& head);
  Result<std::optional<Frame>> parse(const BlockHead& head, Bytes body);
  bool leaves_out(const BlockHead& head);
  Frame parse_plain(const BlockHead& head, Bytes plain);
  Frame parse_end(const BlockHead& head, Result<EndSummary> end);
  // Goes to the next place where a block begins.
  Result<std::optional<Frame>> resume(std::string what);
  Frame damage(std::string what, std::uint64_t records = 0);
  std::optional<Frame> ends(bool cut);

  Input input_;
  Decompressor decompressor_;
  ByteVector plain_;
  std::uint64_t block_offset_ = 0;  // of the current block
  std::uint32_t next_number_ = 0;
  event::DecodeStats stats_;
  std::set<unsigned> unknown_types_;
  bool outline_;
  std::uint64_t record_blocks_ = 0;
  std::uint64_t left_out_ = 0;  // records
  std::uint64_t left_out_until_ns_ = 0;
  bool host_seen_ = false;
  bool end_seen_ = false;
  bool damaged_ = false;
  bool done_ = false;
  bool cut_ = false;
};

}  // namespace wgt::recording
