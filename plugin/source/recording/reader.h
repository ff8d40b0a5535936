// SPDX-License-Identifier: GPL-2.0-only
// Reads a recording, of whatever format, piece by piece. Memory is bounded by the largest block.
// Nothing in the file is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "plugin/event/from_abi.h"
#include "plugin/source/recording/block_reader.h"
#include "plugin/source/recording/format.h"
#include "plugin/source/recording/frame_reader.h"
#include "wgtools/base/result.h"

namespace wgt::recording {

class Reader {
 public:
  // "-" is the standard input. Errors: kCorrupt for a foreign file, kVersion for another version
  // or ABI.
  // outline: see BlockReader; everything is read of format 1.
  static Result<Reader> open(const std::string& path, bool outline = false);

  // nullopt at the end: then cut() says whether it was a proper one. After an error there is
  // nothing more to read.
  Result<std::optional<Frame>> next();

  bool cut() const;
  std::uint64_t bytes() const;              // read so far
  const event::DecodeStats& stats() const;  // bad() ones were left out
  std::uint64_t left_out_until_ns() const;  // the last time in what an outline left out; 0: nothing
  // Of blocks of a later wg-trace, which were left out.
  std::set<unsigned> unknown_types() const;

 private:
  // Of a file that ends within its header.
  class Stub {
   public:
    explicit Stub(std::uint64_t bytes, std::string name) : name_(std::move(name)), bytes_(bytes) {}
    Result<std::optional<Frame>> next();
    bool cut() const { return bytes_ > 0; }
    std::uint64_t bytes() const { return bytes_; }
    const event::DecodeStats& stats() const { return stats_; }

   private:
    std::string name_;
    std::uint64_t bytes_;
    event::DecodeStats stats_;
    bool told_ = false;
  };
  using Any = std::variant<Stub, FrameReader, BlockReader>;

  explicit Reader(Any reader) : reader_(std::move(reader)) {}

  Any reader_;
};

}  // namespace wgt::recording
