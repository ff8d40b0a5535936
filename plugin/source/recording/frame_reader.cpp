// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/frame_reader.h"

#include <algorithm>
#include <string_view>

#include "plugin/source/recording/as_frame.h"
#include "plugin/source/recording/payload.h"

namespace wgt::recording {
namespace {

constexpr std::size_t kHeadBytes1 = 12;
constexpr std::size_t kSumBytes = 4;

bool is(FrameType type, std::uint32_t number) { return number == static_cast<std::uint32_t>(type); }

}  // namespace

Result<std::optional<Frame>> FrameReader::next() {
  while (!done_) {
    done_ = true;  // unless all goes well
    WGT_TRY(const std::optional<Head> head, read_head());
    if (!head) return std::optional<Frame>();
    WGT_TRY(std::optional<Frame> frame, read_frame(*head));
    done_ = cut_;
    if (frame) return frame;
  }
  return std::optional<Frame>();
}

Result<std::optional<FrameReader::Head>> FrameReader::read_head() {
  frame_offset_ = input_.offset();
  WGT_TRY(const Bytes bytes, input_.peek(kHeadBytes1));
  if (end_seen_ && !bytes.empty()) return damaged("data after the end");
  if (bytes.size() < kHeadBytes1) {
    cut_ = !end_seen_;
    input_.consume(bytes.size());
    return std::optional<Head>();
  }
  ByteReader in(bytes);
  const Head head{in.number<std::uint32_t>(), in.number<std::uint32_t>()};
  if (in.number<std::uint32_t>() != crc32(std::as_bytes(bytes.first(8))))
    return damaged("wrong checksum of a frame's head");
  WGT_TRY_VOID(check(head));
  input_.consume(kHeadBytes1);
  return std::optional<Head>(head);
}

Result<void> FrameReader::check(const Head& head) const {
  if (head.length > kMaxJsonBytes)
    return damaged("a frame of " + std::to_string(head.length) + " bytes");
  if (!is(FrameType::kRecords, head.type)) return {};
  if (head.length % event::kRecordBytes != 0) return damaged("a broken number of records");
  if (!host_seen_) return damaged("records before the host they are of");
  return {};
}

Result<std::optional<Frame>> FrameReader::read_frame(const Head& head) {
  WGT_TRY(const Bytes there, input_.peek(head.length + kSumBytes));
  if (there.size() < head.length + kSumBytes) return rest_of_cut_frame(head, there);

  const Bytes payload = there.first(head.length);
  ByteReader sum(there.subspan(head.length));
  if (sum.number<std::uint32_t>() != crc32(std::as_bytes(payload)))
    return damaged("wrong checksum of a frame");
  WGT_TRY(std::optional<Frame> frame, parse(head, payload));
  input_.consume(there.size());
  return frame;
}

Result<std::optional<Frame>> FrameReader::parse(const Head& head, Bytes payload) {
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

Result<std::optional<Frame>> FrameReader::rest_of_cut_frame(const Head& head, Bytes there) {
  cut_ = true;
  const Bytes payload = there.first(std::min<std::size_t>(there.size(), head.length));
  std::optional<Frame> frame;
  if (is(FrameType::kRecords, head.type) && payload.size() >= event::kRecordBytes)
    frame = decode_records(payload);
  input_.consume(there.size());
  return frame;
}

std::vector<event::Event> FrameReader::decode_records(Bytes bytes) {
  std::vector<event::Event> records;
  records.reserve(bytes.size() / event::kRecordBytes);
  for (; bytes.size() >= event::kRecordBytes; bytes = bytes.subspan(event::kRecordBytes)) {
    auto event = event::decode(std::as_bytes(bytes.first(event::kRecordBytes)), stats_);
    if (event) records.push_back(*std::move(event));
  }
  return records;
}

Error FrameReader::damaged(const std::string& what) const {
  return make_error(Errc::kCorrupt, input_.name() + ": damaged at byte " +
                                        std::to_string(frame_offset_) + ": " + what);
}

}  // namespace wgt::recording
