// SPDX-License-Identifier: GPL-2.0-only
//
// Who closes a file descriptor is said by its type: UniqueFd owns and closes it, BorrowedFd only
// uses it while somebody else keeps it open. Neither turns into an int by itself.
#pragma once

#include <unistd.h>

#include <utility>

namespace wgt {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}  // takes ownership; negative: none
  ~UniqueFd() { reset(); }

  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  // The caller closes it from now on.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

  // Closes what is held, then takes `fd`. EINTR from close() is not retried: Linux has released
  // the descriptor by then.
  void reset(int fd = -1) {
    if (const int old = std::exchange(fd_, fd); old >= 0) ::close(old);
  }

 private:
  int fd_ = -1;
};

class BorrowedFd {
 public:
  BorrowedFd(const UniqueFd& owner)
      : fd_(owner.get()) {}  // implicit: lending is always safe to see
  explicit BorrowedFd(int fd) : fd_(fd) {}

  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace wgt
