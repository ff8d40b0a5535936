// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/reader.h"

#include <algorithm>
#include <cstring>

namespace wgt::recording {
namespace {

constexpr std::uint16_t kFormat1 = 1;

// What is behind the magic. Returns the format.
Result<std::uint16_t> check_header(const std::string& name, Bytes fields) {
  if (std::memcmp(fields.data(), &kByteOrderMark, sizeof kByteOrderMark) != 0)
    return make_error(Errc::kVersion, name + ": recorded on a machine of another byte order");
  ByteReader in(fields.subspan(sizeof kByteOrderMark));
  const auto version = in.number<std::uint16_t>();
  if (version != kFormat1 && version != kFormatVersion) {
    return make_error(Errc::kVersion, name + ": recording format " + std::to_string(version) +
                                          ", this wg-trace reads " + std::to_string(kFormat1) +
                                          " and " + std::to_string(kFormatVersion));
  }
  const auto abi = in.number<std::uint16_t>();
  const auto record_bytes = in.number<std::uint32_t>();
  if (abi != event::kAbiVersion || record_bytes != event::kRecordBytes) {
    return make_error(Errc::kVersion, name + ": record ABI " + std::to_string(abi) + " with " +
                                          std::to_string(record_bytes) +
                                          " bytes a record, this wg-trace reads " +
                                          std::to_string(event::kAbiVersion) + " with " +
                                          std::to_string(event::kRecordBytes));
  }
  return version;
}

}  // namespace

Result<Reader> Reader::open(const std::string& path, bool outline) {
  WGT_TRY(Input input, Input::open(path));
  WGT_TRY(const Bytes header, input.peek(kHeaderBytes));
  if (!std::equal(kMagic.begin(), kMagic.begin() + std::min(header.size(), kMagic.size()),
                  header.begin()))
    return make_error(Errc::kCorrupt, input.name() + ": not a wg-trace recording");
  if (header.size() < kHeaderBytes) return Reader(Stub(header.size(), input.name()));
  WGT_TRY(const std::uint16_t version, check_header(input.name(), header.subspan(kMagic.size())));
  input.consume(kHeaderBytes);
  if (version == kFormat1) return Reader(FrameReader(std::move(input)));
  return Reader(BlockReader(std::move(input), outline));
}

Result<std::optional<Frame>> Reader::Stub::next() {
  if (bytes_ == 0 && !std::exchange(told_, true))
    return make_error(Errc::kCorrupt, name_ + ": empty, not a wg-trace recording");
  return std::optional<Frame>();
}

Result<std::optional<Frame>> Reader::next() {
  return std::visit([](auto& reader) { return reader.next(); }, reader_);
}

bool Reader::cut() const {
  return std::visit([](const auto& reader) { return reader.cut(); }, reader_);
}

std::uint64_t Reader::bytes() const {
  return std::visit([](const auto& reader) { return reader.bytes(); }, reader_);
}

const event::DecodeStats& Reader::stats() const {
  return std::visit([](const auto& reader) -> const event::DecodeStats& { return reader.stats(); },
                    reader_);
}

std::uint64_t Reader::left_out_until_ns() const {
  const auto* blocks = std::get_if<BlockReader>(&reader_);
  return blocks != nullptr ? blocks->left_out_until_ns() : 0;
}

std::set<unsigned> Reader::unknown_types() const {
  const auto* blocks = std::get_if<BlockReader>(&reader_);
  return blocks != nullptr ? blocks->unknown_types() : std::set<unsigned>();
}

}  // namespace wgt::recording
