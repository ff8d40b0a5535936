// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/standard_output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace wgt::cli {
namespace {

// A pipe that can be written to at all takes as much as this at once (pipe(7), PIPE_BUF).
constexpr std::size_t kPipeBytes = 4096;

}  // namespace

StandardOutput::StandardOutput(std::ostream& stream, int fd, std::string name)
    : stream_(stream), before_(stream.rdbuf(this)), fd_(fd), name_(std::move(name)) {
  setp(buffer_.data(), buffer_.data() + buffer_.size());
}

StandardOutput::~StandardOutput() {
  write_out();
  stream_.rdbuf(before_);
}

Result<void> StandardOutput::finish() {
  write_out();
  if (failed_ == 0) return {};
  return sys_error(failed_, "write", name_);
}

bool StandardOutput::reader_left() const { return failed_ == EPIPE; }

StandardOutput::int_type StandardOutput::overflow(int_type c) {
  if (!write_out()) return traits_type::eof();
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  return sputc(traits_type::to_char_type(c));
}

int StandardOutput::sync() { return write_out() ? 0 : -1; }

// A signal's handler that runs meanwhile must end the wait for a reader that is stuck, where
// write(2) would be begun again. Also asked with nothing to write: a live command whose reader left
// ends at once, not with the next packet.
bool StandardOutput::wait_for_reader() {
  pollfd out{fd_, POLLOUT, 0};
  const int timeout_ms = pptr() == pbase() ? 0 : -1;
  if (::poll(&out, 1, timeout_ms) < 0) failed_ = errno;
  if ((static_cast<unsigned>(out.revents) & POLLERR) != 0) failed_ = EPIPE;
  return failed_ == 0;
}

bool StandardOutput::write_out() {
  const char* at = pbase();
  while (failed_ == 0 && wait_for_reader() && at != pptr()) {
    const auto left = static_cast<std::size_t>(pptr() - at);
    const ssize_t wrote = ::write(fd_, at, std::min(left, kPipeBytes));
    if (wrote >= 0) {
      at += wrote;
    } else if (errno != EINTR) {
      failed_ = errno;
    }
  }
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return failed_ == 0;
}

}  // namespace wgt::cli
