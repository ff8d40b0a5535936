// SPDX-License-Identifier: GPL-2.0-only
// Numbers of a session (plugin/source/peer/wire.md) or a file out of bytes that somebody else
// wrote, and into bytes; little endian. A reader that ran out, or met what cannot be, stays failed
// and yields zeroes: check ok() once, at the end.
#pragma once

#include <boost/endian/conversion.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace wgt {

using Bytes = std::span<const std::uint8_t>;
using ByteVector = std::vector<std::uint8_t>;

class ByteReader {
 public:
  explicit ByteReader(Bytes rest) : rest_(rest) {}

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  void fail() { ok_ = false; }

  Bytes bytes(std::size_t count) {
    if (!ok_ || count > rest_.size()) {
      fail();
      return {};
    }
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  void copy_to(std::span<std::uint8_t> out) {
    const Bytes taken = bytes(out.size());
    if (ok_ && !out.empty()) std::memcpy(out.data(), taken.data(), out.size());
  }

  template <class Number>
  Number number() {
    Number value{};
    const Bytes taken = bytes(sizeof value);
    if (ok_) std::memcpy(&value, taken.data(), sizeof value);
    return boost::endian::little_to_native(value);
  }

  // At most `most`: what does not fit its field is an error, not cut.
  std::uint64_t varint(std::uint64_t most = UINT64_MAX) {
    if (ok_ && !rest_.empty() && rest_[0] < 0x80U && rest_[0] <= most) {  // nearly all
      const std::uint64_t small = rest_[0];
      rest_ = rest_.subspan(1);
      return small;
    }
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = number<std::uint8_t>();
      const std::uint64_t bits = byte & 0x7fU;
      if (shift == 63 && bits > 1) break;
      value |= bits << shift;
      if ((byte & 0x80U) != 0) continue;
      if (!ok_ || value > most) break;
      return value;
    }
    fail();
    return 0;
  }
  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
  }

 private:
  Bytes rest_;
  bool ok_ = true;
};

class ByteWriter {
 public:
  explicit ByteWriter(ByteVector& out) : out_(out) {}

  void bytes(Bytes data) { out_.insert(out_.end(), data.begin(), data.end()); }

  template <class Number>
  void number(Number value) {
    boost::endian::native_to_little_inplace(value);
    std::uint8_t raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes(raw);
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) out_.push_back(static_cast<std::uint8_t>(value | 0x80U));
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void zigzag(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    varint((bits << 1U) ^ (value < 0 ? UINT64_MAX : 0));
  }

 private:
  ByteVector& out_;
};

}  // namespace wgt
