// SPDX-License-Identifier: GPL-2.0-only
// The network and transport headers that a wgt_tuple was read from, as far as
// it remembers them; the other fields are zero.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bpf/abi/record.h"

namespace wgt::filter {

class Headers {
 public:
  // The tuple's version must be 4 or 6.
  explicit Headers(const wgt_tuple& tuple);

  std::span<const std::uint8_t> bytes() const { return std::span(bytes_).first(size_); }

 private:
  void put8(std::uint8_t value) { bytes_[size_++] = value; }
  void put16(std::uint32_t value);  // big endian, the low 16 bits
  void put32(std::uint32_t value);
  void put_raw(std::span<const std::uint8_t> bytes);

  void put_ipv4(const wgt_tuple& tuple);
  void put_ipv6(const wgt_tuple& tuple);
  void put_transport(const wgt_tuple& tuple);

  std::array<std::uint8_t, 60> bytes_{};  // IPv6 and TCP
  std::size_t size_ = 0;
};

}  // namespace wgt::filter
