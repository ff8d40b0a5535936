// SPDX-License-Identifier: GPL-2.0-only
// Where a recording is written to: a file of mode 0600, or the standard output. The first failure
// stays. No fsync: losing the last seconds of a trace in a power cut is not worth stalling for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "wgtools/base/bytes.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::recording {

class Output {
 public:
  // Makes or overwrites the file, mode 0600 in either case; "-" is the standard output, unless
  // that is a terminal.
  static Result<Output> create(const std::string& path);

  // All of it, or an error: then what a file holds of it is taken back, so that it ends with what
  // was written before.
  Result<void> write(Bytes bytes);
  // last: nothing comes after the next write(), and a reader that takes nothing is not waited for
  // any longer.
  void last() { last_ = true; }
  Result<void> close();

  std::uint64_t bytes() const { return bytes_; }  // written
  const std::string& name() const { return name_; }

 private:
  enum class Kind : std::uint8_t { kFile, kPipe, kOther };

  Output(std::string name, UniqueFd fd, Kind kind)
      : name_(std::move(name)), fd_(std::move(fd)), kind_(kind) {}

  Result<void> write_all(Bytes bytes);
  Result<void> wait_for_reader();

  std::string name_;
  UniqueFd fd_;
  Kind kind_;
  bool last_ = false;
  std::uint64_t bytes_ = 0;
  std::optional<Error> failed_;
};

}  // namespace wgt::recording
