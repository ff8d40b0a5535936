// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "plugin/event/from_abi.h"
#include "plugin/source/recording/payload.h"

namespace wgt::recording {
namespace {

constexpr mode_t kMode = 0600;
constexpr std::size_t kBatchRecords = 256;
constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;
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

void put_bytes(const void* data, std::size_t size, std::string& out) {
  out.append(static_cast<const char*>(data), size);
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

Result<Writer> Writer::create(const std::string& path, const event::HostInfo& host) {
  const bool to_stdout = path == "-";
  WGT_TRY(UniqueFd fd, to_stdout ? open_stdout() : open_file(path));
  struct stat status {};
  const bool is_pipe = ::fstat(fd.get(), &status) == 0 && S_ISFIFO(status.st_mode);
  Writer writer(to_stdout ? "standard output" : path, std::move(fd), is_pipe);

  std::string& out = writer.buffer_;
  put_bytes(kMagic.data(), kMagic.size(), out);
  put_bytes(&kByteOrderMark, sizeof kByteOrderMark, out);
  put_u16(kFormatVersion, out);
  put_u16(event::kAbiVersion, out);
  put_u32(static_cast<std::uint32_t>(event::kRecordBytes), out);

  WGT_TRY_VOID(writer.host(host));
  WGT_TRY_VOID(writer.flush());  // a disk that is full is known before watching begins
  return writer;
}

Result<void> Writer::host(const event::HostInfo& host) {
  WGT_TRY_VOID(end_batch());
  return frame(FrameType::kHost, host_to_json(host));
}

Result<void> Writer::add(std::span<const std::byte> record) {
  if (failed_) return *failed_;
  if (!batch_at_) batch_at_ = begin_frame();
  put_bytes(record.data(), record.size(), buffer_);
  ++records_;
  if (buffer_.size() - *batch_at_ < kBatchRecords * event::kRecordBytes) return {};
  return end_batch();
}

Result<void> Writer::lost(const LostReport& report) {
  WGT_TRY_VOID(end_batch());
  return frame(FrameType::kLost, lost_to_json(report));
}

Result<void> Writer::flush() {
  WGT_TRY_VOID(end_batch());
  return write_out();
}

Result<void> Writer::close(EndSummary summary) {
  WGT_TRY_VOID(end_batch());
  summary.records = records_;
  ending_ = true;
  WGT_TRY_VOID(frame(FrameType::kEnd, end_to_json(summary)));
  WGT_TRY_VOID(write_out());
  // Network file systems report a full disk here.
  if (::close(fd_.release()) != 0) return errno_error("close", name_);
  failed_ = make_error(Errc::kInvalid, name_ + ": the recording is closed");
  return {};
}

Result<void> Writer::end_batch() {
  if (!batch_at_) return {};
  return end_frame(FrameType::kRecords, *std::exchange(batch_at_, std::nullopt));
}

Result<void> Writer::frame(FrameType type, const std::string& payload) {
  if (failed_) return *failed_;
  if (payload.size() > kMaxPayloadBytes)
    return make_error(Errc::kInvalid, name_ + ": too many names for one frame");
  const std::size_t at = begin_frame();
  buffer_ += payload;
  return end_frame(type, at);
}

std::size_t Writer::begin_frame() {
  const std::size_t at = buffer_.size();
  buffer_.resize(at + kFrameHeadBytes);
  return at;
}

// The head comes last: only now is the length known.
Result<void> Writer::end_frame(FrameType type, std::size_t at) {
  const std::size_t payload_at = at + kFrameHeadBytes;
  std::string head;
  put_u32(static_cast<std::uint32_t>(type), head);
  put_u32(static_cast<std::uint32_t>(buffer_.size() - payload_at), head);
  put_u32(crc32(bytes_of(head)), head);
  buffer_.replace(at, head.size(), head);
  put_u32(crc32(bytes_of(buffer_).subspan(payload_at)), buffer_);
  if (buffer_.size() < kBufferBytes) return {};
  return write_out();
}

// Whoever reads a pipe may be stuck: a signal's handler that runs meanwhile must end the wait,
// where write(2) would be begun again.
Result<void> Writer::wait_for_reader() {
  pollfd out{fd_.get(), POLLOUT, 0};
  const int ready = ::poll(&out, 1, ending_ ? kPipePatienceMs : -1);
  if (ready > 0) return {};
  failed_ = ready == 0 ? make_error(Errc::kSystem, "write " + name_ + ": its reader takes nothing")
                       : errno_error("wait for the reader of", name_);
  return *failed_;
}

Result<void> Writer::write_out() {
  if (failed_) return *failed_;
  std::size_t done = 0;
  while (done < buffer_.size()) {
    if (is_pipe_) {
      WGT_TRY_VOID(wait_for_reader());
    }
    const std::size_t most = is_pipe_ ? kPipeBytes : buffer_.size();
    const ssize_t wrote =
        ::write(fd_.get(), buffer_.data() + done, std::min(most, buffer_.size() - done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      failed_ = errno_error("write", name_);
      return *failed_;
    }
    done += static_cast<std::size_t>(wrote);
  }
  buffer_.clear();
  return {};
}

}  // namespace wgt::recording
