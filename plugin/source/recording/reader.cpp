// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "plugin/source/recording/payload.h"

namespace wgt::recording {
namespace {

bool is(FrameType type, std::uint32_t number) { return number == static_cast<std::uint32_t>(type); }

// g++ 14 takes the other members of the variant for alive here (a false alarm at -O2).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wfree-nonheap-object"
// Result<T> of one frame as a Result of any frame.
template <class T>
Result<std::optional<Frame>> as_frame(Result<T> result) {
  if (!result) return std::move(result).error();
  return std::optional<Frame>(*std::move(result));
}
#pragma GCC diagnostic pop

}  // namespace

Result<Reader> Reader::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error("open", path);
  Reader reader(path, std::move(fd));
  WGT_TRY_VOID(reader.read_header());
  return reader;
}

Result<void> Reader::read_header() {
  std::array<std::byte, kHeaderBytes> bytes{};
  WGT_TRY(const std::size_t got, read_some(bytes));
  if (std::memcmp(bytes.data(), kMagic.data(), std::min(got, kMagic.size())) != 0)
    return make_error(Errc::kCorrupt, name_ + ": not a wg-trace recording");
  if (got < kHeaderBytes) {
    cut_ = got > 0;
    done_ = cut_;
    return {};
  }

  const std::span<const std::byte> fields = std::span(bytes).subspan(kMagic.size());
  if (std::memcmp(fields.data(), &kByteOrderMark, sizeof kByteOrderMark) != 0)
    return make_error(Errc::kVersion, name_ + ": recorded on a machine of another byte order");
  const unsigned version = get_u16(fields.subspan(4));
  if (version != kFormatVersion) {
    return make_error(Errc::kVersion, name_ + ": recording format " + std::to_string(version) +
                                          ", this wg-trace reads " +
                                          std::to_string(kFormatVersion));
  }
  const unsigned abi = get_u16(fields.subspan(6));
  const std::uint32_t record_bytes = get_u32(fields.subspan(8));
  if (abi != event::kAbiVersion || record_bytes != event::kRecordBytes) {
    return make_error(Errc::kVersion, name_ + ": record ABI " + std::to_string(abi) + " with " +
                                          std::to_string(record_bytes) +
                                          " bytes a record, this wg-trace reads " +
                                          std::to_string(event::kAbiVersion) + " with " +
                                          std::to_string(event::kRecordBytes));
  }
  return {};
}

Result<std::optional<Frame>> Reader::next() {
  while (!done_) {
    done_ = true;  // unless all goes well
    if (offset_ == 0)
      return make_error(Errc::kCorrupt, name_ + ": empty, not a wg-trace recording");
    WGT_TRY(const std::optional<Head> head, read_head());
    if (!head) return std::optional<Frame>();
    WGT_TRY(std::optional<Frame> frame, read_frame(*head));
    done_ = cut_;
    if (frame) return frame;
  }
  return std::optional<Frame>();
}

Result<std::optional<Reader::Head>> Reader::read_head() {
  frame_offset_ = offset_;
  std::array<std::byte, kFrameHeadBytes> bytes{};
  WGT_TRY(const std::size_t got, read_some(bytes));
  if (end_seen_ && got > 0) return damaged("data after the end");
  if (got < kFrameHeadBytes) {
    cut_ = !end_seen_;
    return std::optional<Head>();
  }
  const std::span<const std::byte> fields(bytes);
  if (get_u32(fields.subspan(8)) != crc32(fields.first(8)))
    return damaged("wrong checksum of a frame's head");
  const Head head{get_u32(fields), get_u32(fields.subspan(4))};
  WGT_TRY_VOID(check(head));
  return std::optional<Head>(head);
}

Result<void> Reader::check(const Head& head) const {
  if (head.length > kMaxPayloadBytes)
    return damaged("a frame of " + std::to_string(head.length) + " bytes");
  if (!is(FrameType::kRecords, head.type)) return {};
  if (head.length % event::kRecordBytes != 0) return damaged("a broken number of records");
  if (!host_seen_) return damaged("records before the host they are of");
  return {};
}

Result<std::optional<Frame>> Reader::read_frame(const Head& head) {
  payload_.resize(head.length + kCrcBytes);
  WGT_TRY(const std::size_t got, read_some(payload_));
  if (got < payload_.size()) {
    payload_.resize(std::min<std::size_t>(got, head.length));
    return rest_of_cut_frame(head);
  }

  const auto payload = std::span<const std::byte>(payload_).first(head.length);
  if (get_u32(std::span<const std::byte>(payload_).subspan(head.length)) != crc32(payload))
    return damaged("wrong checksum of a frame");
  const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());

  const auto located = [this](auto result) {
    return result ? as_frame(std::move(result))
                  : as_frame(decltype(result)(damaged(result.error().text)));
  };
  if (is(FrameType::kHost, head.type)) {
    host_seen_ = true;
    return located(host_from_json(text));
  }
  if (is(FrameType::kRecords, head.type)) return std::optional<Frame>(decode_records(payload));
  if (is(FrameType::kLost, head.type)) return located(lost_from_json(text));
  if (!is(FrameType::kEnd, head.type)) return std::optional<Frame>();

  end_seen_ = true;
  Result<EndSummary> end = end_from_json(text);
  const std::uint64_t records = stats_.good + stats_.bad();
  if (end && end->records != records) {
    return damaged("the end counts " + std::to_string(end->records) + " records, there are " +
                   std::to_string(records));
  }
  return located(std::move(end));
}

Result<std::optional<Frame>> Reader::rest_of_cut_frame(const Head& head) {
  cut_ = true;
  if (!is(FrameType::kRecords, head.type) || payload_.size() < event::kRecordBytes)
    return std::optional<Frame>();
  return std::optional<Frame>(decode_records(payload_));
}

std::vector<event::Event> Reader::decode_records(std::span<const std::byte> bytes) {
  std::vector<event::Event> records;
  records.reserve(bytes.size() / event::kRecordBytes);
  for (; bytes.size() >= event::kRecordBytes; bytes = bytes.subspan(event::kRecordBytes)) {
    auto event = event::decode(bytes.first(event::kRecordBytes), stats_);
    if (event) records.push_back(*std::move(event));
  }
  return records;
}

Result<std::size_t> Reader::read_some(std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = ::read(fd_.get(), into.data() + done, into.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", name_);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  offset_ += done;
  return done;
}

Error Reader::damaged(const std::string& what) const {
  return make_error(Errc::kCorrupt,
                    name_ + ": damaged at byte " + std::to_string(frame_offset_) + ": " + what);
}

}  // namespace wgt::recording
