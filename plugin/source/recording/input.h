// SPDX-License-Identifier: GPL-2.0-only
// A file or a pipe, read forward: as much ahead as is asked for, and no more memory than that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "wgtools/base/bytes.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::recording {

class Input {
 public:
  // "-" is the standard input.
  static Result<Input> open(const std::string& path);

  // The next `size` bytes, fewer where it ends; valid until the next call.
  Result<Bytes> peek(std::size_t size);
  // Goes on behind them, which peek() gave.
  void consume(std::size_t size);
  // Goes on behind that many, without reading them where that can be. Whether there are so many
  // shows later: false, as far as it is known.
  Result<bool> skip(std::size_t size);

  std::uint64_t offset() const { return offset_; }  // of the next byte
  const std::string& name() const { return name_; }

 private:
  Input(std::string name, UniqueFd fd) : name_(std::move(name)), fd_(std::move(fd)) {}

  Result<std::size_t> fill(std::size_t size);  // how many there are then

  std::string name_;
  UniqueFd fd_;
  ByteVector buffer_;
  std::size_t begin_ = 0;  // of what was not consumed
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace wgt::recording
