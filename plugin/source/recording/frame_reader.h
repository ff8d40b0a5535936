// SPDX-License-Identifier: GPL-2.0-only
// Reads format 1, which is not written any more, by the rules in format-1.md. Memory is bounded by
// the largest frame. Nothing in the file is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugin/event/from_abi.h"
#include "plugin/source/recording/format.h"
#include "plugin/source/recording/input.h"
#include "wgtools/base/result.h"

namespace wgt::recording {

enum class FrameType : std::uint32_t { kHost = 1, kRecords = 2, kLost = 3, kEnd = 4 };

class FrameReader {
 public:
  // Behind the header.
  explicit FrameReader(Input input) : input_(std::move(input)) {}

  // As Reader has them. Damage is an error, and nothing is read behind it.
  Result<std::optional<Frame>> next();
  bool cut() const { return cut_; }
  std::uint64_t bytes() const { return input_.offset(); }
  const event::DecodeStats& stats() const { return stats_; }

 private:
  struct Head {
    std::uint32_t type;
    std::uint32_t length;
  };

  Result<std::optional<Head>> read_head();  // nullopt: the file ends here
  Result<void> check(const Head& head) const;
  Result<std::optional<Frame>> read_frame(const Head& head);  // nullopt: unknown type
  Result<std::optional<Frame>> parse(const Head& head, Bytes payload);
  Result<std::optional<Frame>> rest_of_cut_frame(const Head& head, Bytes there);
  std::vector<event::Event> decode_records(Bytes bytes);
  Error damaged(const std::string& what) const;

  Input input_;
  std::uint64_t frame_offset_ = 0;  // of the current frame
  event::DecodeStats stats_;
  bool host_seen_ = false;
  bool end_seen_ = false;
  bool done_ = false;
  bool cut_ = false;
};

}  // namespace wgt::recording
