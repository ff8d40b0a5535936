// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/writer.h"

#include <utility>

#include "plugin/event/from_abi.h"
#include "plugin/source/recording/payload.h"

namespace wgt::recording {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;
// The host is said again after so many blocks: a few minutes, for a few bytes a second.
constexpr std::uint32_t kBlocksPerHost = 256;
// What is smaller does not get smaller.
constexpr std::size_t kWorthPacking = 128;

void put_header(ByteVector& out) {
  ByteWriter header(out);
  header.bytes(kMagic);
  header.bytes({reinterpret_cast<const std::uint8_t*>(&kByteOrderMark), sizeof kByteOrderMark});
  header.number(kFormatVersion);
  header.number(event::kAbiVersion);
  header.number(static_cast<std::uint32_t>(event::kRecordBytes));
}

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Result<Writer> Writer::create(const std::string& path, const event::HostInfo& host) {
  WGT_TRY(Output output, Output::create(path));
  Writer writer(std::move(output));
  put_header(writer.buffer_);
  WGT_TRY_VOID(writer.host(host));
  WGT_TRY_VOID(writer.flush());  // a disk that is full is known before watching begins
  return writer;
}

Result<void> Writer::host(const event::HostInfo& host) {
  WGT_TRY_VOID(end_records());
  std::string text = host_to_json(host);
  WGT_TRY_VOID(json(BlockType::kHost, 0, text));
  host_ = std::move(text);
  host_number_ = number_;
  return {};
}

Result<void> Writer::add(std::span<const std::byte> record) {
  if (failed_) return *failed_;
  columns_.add(record);
  ++records_;
  return columns_.full() ? end_records() : Result<void>();
}

Result<void> Writer::lost(const LostReport& report) {
  WGT_TRY_VOID(end_records());
  if (number_ - host_number_ >= kBlocksPerHost) {
    WGT_TRY_VOID(json(BlockType::kHost, 0, host_));
    host_number_ = number_;
  }
  return json(BlockType::kLost, report.mono_ns, lost_to_json(report));
}

Result<void> Writer::flush() {
  WGT_TRY_VOID(end_records());
  return write_out();
}

Result<void> Writer::close(EndSummary summary) {
  WGT_TRY_VOID(end_records());
  summary.records = records_;
  WGT_TRY_VOID(json(BlockType::kEnd, summary.watch_ended_mono_ns, end_to_json(summary)));
  output_.last();
  WGT_TRY_VOID(write_out());
  WGT_TRY_VOID(output_.close());
  failed_ = make_error(Errc::kInvalid, output_.name() + ": the recording is closed");
  return {};
}

Result<void> Writer::end_records() {
  if (failed_) return *failed_;
  if (columns_.count() == 0) return {};
  BlockHead head;
  head.type = static_cast<std::uint8_t>(BlockType::kRecords);
  plain_.clear();
  columns_.finish(head, plain_);
  return block(std::move(head), plain_);
}

Result<void> Writer::json(BlockType type, std::uint64_t at_ns, const std::string& text) {
  if (failed_) return *failed_;
  if (text.size() > kMaxJsonBytes)
    return make_error(Errc::kInvalid, output_.name() + ": too many names for one block");
  BlockHead head;
  head.type = static_cast<std::uint8_t>(type);
  head.from_ns = head.until_ns = at_ns;
  return block(std::move(head), bytes_of(text));
}

Result<void> Writer::block(BlockHead head, Bytes plain) {
  const bool packed = plain.size() >= kWorthPacking && compressor_.compress(plain, packed_);
  const Bytes body = packed ? Bytes(packed_) : plain;
  head.coding = static_cast<std::uint8_t>(packed ? Coding::kZstd : Coding::kPlain);
  head.plain = static_cast<std::uint32_t>(plain.size());
  head.stored = static_cast<std::uint32_t>(body.size());
  head.body_sum = crc32(std::as_bytes(body));
  head.number = number_++;
  put_head(std::move(head), buffer_);
  ByteWriter(buffer_).bytes(body);
  return buffer_.size() < kBufferBytes ? Result<void>() : write_out();
}

Result<void> Writer::write_out() {
  if (failed_) return *failed_;
  Result<void> written = output_.write(buffer_);
  if (!written) {
    failed_ = written.error();
    return written;
  }
  buffer_.clear();
  written_ = records_ - columns_.count();
  return {};
}

}  // namespace wgt::recording
