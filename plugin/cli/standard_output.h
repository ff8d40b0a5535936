// SPDX-License-Identifier: GPL-2.0-only
// What the program prints, there or into a file, with the reason when it can't be written: a
// std::ostream only knows that something went wrong. A reader that leaves (`| head -1`) is told
// apart from a disk that is full.
#pragma once

#include <array>
#include <ostream>
#include <streambuf>
#include <string>

#include "wgtools/base/result.h"

namespace wgt::cli {

class StandardOutput : private std::streambuf {
 public:
  // The stream writes to the descriptor until this dies; both must outlive it.
  // name: for errors.
  StandardOutput(std::ostream& stream, int fd, std::string name = "standard output");
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;
  ~StandardOutput() override;

  // Writes what is left. An error: not all that was printed arrived.
  Result<void> finish();
  // EPIPE: it has seen what it wanted.
  bool reader_left() const;

 private:
  int_type overflow(int_type c) override;
  int sync() override;
  bool write_out();
  bool wait_for_reader();

  std::ostream& stream_;
  std::streambuf* before_;
  int fd_;
  std::string name_;
  int failed_ = 0;  // errno of the first failure; nothing is tried after it
  std::array<char, 65536> buffer_{};
};

}  // namespace wgt::cli
