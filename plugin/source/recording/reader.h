// SPDX-License-Identifier: GPL-2.0-only
// Reads a recording, frame by frame, by the rules in format.md. Memory is
// bounded by the largest frame. Nothing in the file is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plugin/event/from_abi.h"
#include "plugin/event/host_info.h"
#include "plugin/source/recording/format.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::recording {

using Frame = std::variant<event::HostInfo, std::vector<event::Event>, LostReport, EndSummary>;

class Reader {
 public:
  // Errors: kCorrupt for a foreign file, kVersion for another version or ABI.
  static Result<Reader> open(const std::string& path);

  // nullopt at the end: then cut() says whether it was a proper one. After an error there is
  // nothing more to read.
  Result<std::optional<Frame>> next();

  bool cut() const { return cut_; }
  std::uint64_t bytes() const { return offset_; }             // read so far
  const event::DecodeStats& stats() const { return stats_; }  // bad() ones were left out

 private:
  struct Head {
    std::uint32_t type;
    std::uint32_t length;
  };

  Reader(std::string name, UniqueFd fd) : name_(std::move(name)), fd_(std::move(fd)) {}

  Result<void> read_header();
  Result<std::optional<Head>> read_head();  // nullopt: the file ends here
  Result<void> check(const Head& head) const;
  Result<std::optional<Frame>> read_frame(const Head& head);  // nullopt: unknown type
  Result<std::optional<Frame>> rest_of_cut_frame(const Head& head);
  std::vector<event::Event> decode_records(std::span<const std::byte> bytes);

  Result<std::size_t> read_some(std::span<std::byte> into);  // less than asked: end of file
  Error damaged(const std::string& what) const;

  std::string name_;
  UniqueFd fd_;
  std::vector<std::byte> payload_;
  std::uint64_t offset_ = 0;        // read so far
  std::uint64_t frame_offset_ = 0;  // of the current frame
  event::DecodeStats stats_;
  bool host_seen_ = false;
  bool end_seen_ = false;
  bool done_ = false;
  bool cut_ = false;
};

}  // namespace wgt::recording
