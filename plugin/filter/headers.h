// SPDX-License-Identifier: GPL-2.0-only
// The network and transport headers that a event::Tuple was read from, as far as
// it remembers them; the other fields are zero.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "plugin/event/tuple.h"

namespace wgt::filter {

class Headers {
 public:
  static constexpr std::size_t kIpv4Bytes = 20;
  static constexpr std::size_t kMaxBytesOfIpv4 = 40;  // with TCP
  static constexpr std::size_t kMaxBytes = 60;        // IPv6 and TCP

  // The packet must be known.
  explicit Headers(const event::Tuple& tuple);

  std::span<const std::uint8_t> bytes() const { return std::span(bytes_).first(size_); }

 private:
  void put8(std::uint8_t value) { bytes_[size_++] = value; }
  void put16(std::uint32_t value);  // big endian, the low 16 bits
  void put32(std::uint32_t value);
  void put_raw(std::span<const std::uint8_t> bytes);

  void put_ipv4(const event::Tuple& tuple);
  void put_ipv6(const event::Tuple& tuple);
  void put_transport(const event::Tuple& tuple);

  std::array<std::uint8_t, kMaxBytes> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace wgt::filter
