// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace wgt::recording {
namespace {

constexpr mode_t kMode = 0600;
// A pipe that can be written to at all takes as much as this at once (pipe(7), PIPE_BUF).
constexpr std::size_t kPipeBytes = 4096;
// At the end; until then its reader may take its time.
constexpr int kPipePatienceMs = 2000;

Result<UniqueFd> open_stdout() {
  if (::isatty(STDOUT_FILENO) == 1)
    return make_error(Errc::kInvalid, "a recording is binary: not written to a terminal");
  UniqueFd fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!fd) return errno_error("duplicate", "standard output");
  return fd;
}

Result<UniqueFd> open_file(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (!fd) return errno_error("create", path);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return errno_error("stat", path);
  // A file that was there keeps its mode; a device like /dev/null must keep it.
  if (S_ISREG(status.st_mode) && ::fchmod(fd.get(), kMode) != 0) return errno_error("chmod", path);
  return fd;
}

}  // namespace

Result<Output> Output::create(const std::string& path) {
  const bool to_stdout = path == "-";
  WGT_TRY(UniqueFd fd, to_stdout ? open_stdout() : open_file(path));
  struct stat status {};
  Kind kind = Kind::kOther;
  if (::fstat(fd.get(), &status) == 0 && S_ISFIFO(status.st_mode)) kind = Kind::kPipe;
  // What the standard output held before is somebody else's.
  if (!to_stdout && S_ISREG(status.st_mode)) kind = Kind::kFile;
  return Output(to_stdout ? "standard output" : path, std::move(fd), kind);
}

Result<void> Output::write(Bytes bytes) {
  if (failed_) return *failed_;
  Result<void> written = write_all(bytes);
  if (written) {
    bytes_ += bytes.size();
    return {};
  }
  failed_ = written.error();
  // A file that can't even be made shorter is one that was cut: its reader copes.
  if (kind_ == Kind::kFile && ::ftruncate(fd_.get(), static_cast<off_t>(bytes_)) != 0)
    return written;
  return written;
}

Result<void> Output::write_all(Bytes bytes) {
  while (!bytes.empty()) {
    if (kind_ == Kind::kPipe) {
      WGT_TRY_VOID(wait_for_reader());
    }
    const std::size_t most = kind_ == Kind::kPipe ? kPipeBytes : bytes.size();
    const ssize_t wrote = ::write(fd_.get(), bytes.data(), std::min(most, bytes.size()));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno_error("write", name_);
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

// Whoever reads a pipe may be stuck: a signal's handler that runs meanwhile must end the wait,
// where write(2) would be begun again.
Result<void> Output::wait_for_reader() {
  pollfd out{fd_.get(), POLLOUT, 0};
  const int ready = ::poll(&out, 1, last_ ? kPipePatienceMs : -1);
  if (ready > 0) return {};
  return ready == 0 ? make_error(Errc::kSystem, "write " + name_ + ": its reader takes nothing")
                    : errno_error("wait for the reader of", name_);
}

Result<void> Output::close() {
  // Network file systems report a full disk here.
  if (!failed_ && ::close(fd_.release()) != 0) failed_ = errno_error("close", name_);
  if (failed_) return *failed_;
  failed_ = make_error(Errc::kInvalid, name_ + ": the recording is closed");
  return {};
}

}  // namespace wgt::recording
