// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace wgt::recording {
namespace {

constexpr std::size_t kReadBytes = std::size_t{128} * 1024;

}  // namespace

Result<Input> Input::open(const std::string& path) {
  if (path == "-") {
    UniqueFd fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!fd) return errno_error("duplicate", "standard input");
    return Input("standard input", std::move(fd));
  }
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error("open", path);
  return Input(path, std::move(fd));
}

Result<Bytes> Input::peek(std::size_t size) {
  WGT_TRY(const std::size_t there, fill(size));
  return Bytes(buffer_).subspan(begin_, std::min(size, there));
}

void Input::consume(std::size_t size) {
  size = std::min(size, end_ - begin_);
  begin_ += size;
  offset_ += size;
}

Result<std::size_t> Input::fill(std::size_t size) {
  if (end_ - begin_ >= size) return end_ - begin_;
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  while (end_ < size) {
    // Grows with what is there, not with what is asked for.
    if (buffer_.size() < end_ + kReadBytes) buffer_.resize(end_ + kReadBytes);
    const ssize_t got = ::read(fd_.get(), buffer_.data() + end_, buffer_.size() - end_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", name_);
    if (got == 0) break;
    end_ += static_cast<std::size_t>(got);
  }
  return end_;
}

Result<bool> Input::skip(std::size_t size) {
  const std::size_t here = std::min(size, end_ - begin_);
  consume(here);
  std::size_t rest = size - here;
  struct stat status {};
  if (rest > 0 && ::fstat(fd_.get(), &status) == 0 && S_ISREG(status.st_mode)) {
    const bool there = offset_ + rest <= static_cast<std::uint64_t>(status.st_size);
    if (there && ::lseek(fd_.get(), static_cast<off_t>(rest), SEEK_CUR) < 0)
      return errno_error("seek", name_);
    if (there) offset_ += rest;
    return there;
  }
  while (rest > 0) {
    WGT_TRY(const Bytes some, peek(std::min(rest, kReadBytes)));
    if (some.empty()) return false;
    rest -= some.size();
    consume(some.size());
  }
  return true;
}

}  // namespace wgt::recording
