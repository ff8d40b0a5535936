// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/block_reader.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "plugin/source/recording/column_reader.h"
#include "plugin/source/recording/payload.h"

namespace wgt::recording {
namespace {

constexpr std::size_t kScanBytes = std::size_t{64} * 1024;

}  // namespace

Result<std::optional<Frame>> BlockReader::next() {
  while (!done_) {
    WGT_TRY(std::optional<Frame> frame, next_block());
    if (frame) return frame;
  }
  return std::optional<Frame>();
}

Result<std::optional<Frame>> BlockReader::next_block() {
  block_offset_ = input_.offset();
  WGT_TRY(const Bytes bytes, input_.peek(kHeadBytes));
  if (bytes.empty()) return ends(!end_seen_);
  if (end_seen_) {
    done_ = true;
    return std::optional(damage("data after the end"));
  }
  if (bytes.size() < kHeadBytes) {
    input_.consume(bytes.size());
    return ends(true);
  }
  const std::optional<ParsedHead> head = parse_head(bytes);
  if (!head) return resume("wrong checksum of a block's head");
  if (head->head.number != next_number_) {
    next_number_ = head->head.number;
    // Behind damage that was told already it is no news.
    if (!std::exchange(damaged_, true)) return std::optional(damage("blocks are missing"));
  }
  return read_block(*head);
}

std::optional<Frame> BlockReader::ends(bool cut) {
  done_ = true;
  cut_ = cut;
  return std::nullopt;
}

Result<std::optional<Frame>> BlockReader::read_block(const ParsedHead& head) {
  const std::size_t body_at = kHeadBytes + head.index_bytes();
  const std::size_t size = body_at + head.head.stored;
  WGT_TRY(const Bytes block, input_.peek(size));
  if (block.size() < size) {
    input_.consume(block.size());
    return ends(true);
  }
  const Bytes index = block.subspan(kHeadBytes, head.index_bytes());
  const Bytes body = block.subspan(body_at);
  if (crc32(std::as_bytes(index)) != head.index_sum ||
      crc32(std::as_bytes(body)) != head.head.body_sum) {
    // Where a block follows nothing but the body is wrong; else bytes are missing, or too many.
    WGT_TRY(const Bytes behind, input_.peek(size + kHeadBytes));
    const bool follows = behind.size() == size || parse_head(behind.subspan(size));
    if (!follows) return resume("wrong checksum of a block");
    next_number_ = head.head.number + 1;
    input_.consume(size);
    return std::optional(damage("wrong checksum of a block", head.head.count));
  }
  next_number_ = head.head.number + 1;
  Result<std::optional<Frame>> frame = parse(head.head, body);
  input_.consume(size);
  return frame;
}

Result<std::optional<Frame>> BlockReader::parse(const BlockHead& head, Bytes body) {
  if (head.type < 1 || head.type > static_cast<std::uint8_t>(BlockType::kEnd) ||
      head.coding > static_cast<std::uint8_t>(Coding::kZstd)) {
    unknown_types_.insert(head.type);
    return std::optional<Frame>();
  }
  if (leaves_out(head)) return std::optional<Frame>();
  Bytes plain = body;
  if (head.coding == static_cast<std::uint8_t>(Coding::kZstd)) {
    if (!decompressor_.decompress(body, head.plain, plain_))
      return std::optional(damage("a block that does not decompress", head.count));
    plain = plain_;
  }
  if (plain.size() != head.plain)
    return std::optional(damage("a block of another size", head.count));
  return std::optional(parse_plain(head, plain));
}

bool BlockReader::leaves_out(const BlockHead& head) {
  if (!outline_ || !host_seen_ || !head.is(BlockType::kRecords)) return false;
  const std::uint64_t place = record_blocks_++;
  if (place < kDense || place % kStride == 0) return false;
  left_out_ += head.count;
  left_out_until_ns_ = std::max(left_out_until_ns_, head.until_ns);
  return true;
}

Frame BlockReader::parse_plain(const BlockHead& head, Bytes plain) {
  if (head.is(BlockType::kRecords)) {
    if (!host_seen_) return damage("records before the host they are of", head.count);
    std::vector<event::Event> events;
    const Result<void> decoded = decode_columns(plain, head.count, events, stats_);
    if (!decoded) return damage(decoded.error().text, head.count);
    return events;
  }
  const std::string_view text(reinterpret_cast<const char*>(plain.data()), plain.size());
  if (text.size() > kMaxJsonBytes) return damage("too much text in a block");
  if (head.is(BlockType::kEnd)) return parse_end(head, end_from_json(text));
  if (head.is(BlockType::kLost)) {
    Result<LostReport> lost = lost_from_json(text);
    if (!lost) return damage(lost.error().text);
    return *std::move(lost);
  }
  Result<event::HostInfo> host = host_from_json(text);
  if (!host) return damage(host.error().text);
  host_seen_ = true;
  return *std::move(host);
}

Frame BlockReader::parse_end(const BlockHead& /*head*/, Result<EndSummary> end) {
  if (!end) return damage(end.error().text);
  end_seen_ = true;
  const std::uint64_t records = stats_.good + stats_.bad() + left_out_;
  if (!damaged_ && end->records != records)
    return damage("the end counts " + std::to_string(end->records) + " records, there are " +
                  std::to_string(records));
  return *std::move(end);
}

Result<std::optional<Frame>> BlockReader::resume(std::string what) {
  input_.consume(1);
  while (true) {
    WGT_TRY(const Bytes bytes, input_.peek(kScanBytes));
    if (bytes.size() < kHeadBytes) {
      input_.consume(bytes.size());
      break;
    }
    const auto found = std::search(bytes.begin(), bytes.end(), kMark.begin(), kMark.end());
    const auto at = static_cast<std::size_t>(found - bytes.begin());
    if (found != bytes.end() && parse_head(bytes.subspan(at))) {
      input_.consume(at);
      break;
    }
    // A mark may stand across the end of what was read, and its head behind it.
    const std::size_t sure = bytes.size() - kHeadBytes + 1;
    input_.consume(found != bytes.end() && at < sure ? at + 1 : sure);
  }
  return std::optional(damage(std::move(what)));
}

Frame BlockReader::damage(std::string what, std::uint64_t records) {
  damaged_ = true;
  return Damage{block_offset_, std::move(what), records};
}

}  // namespace wgt::recording
