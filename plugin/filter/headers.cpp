// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/headers.h"

#include <netinet/in.h>

#include <algorithm>

namespace wgt::filter {

using event::is_icmp;
using event::is_icmp_echo;
using event::Tuple;

namespace {

constexpr std::uint32_t kIpv6Header = 40;

std::uint32_t payload_length(const Tuple& tuple) {
  const std::uint32_t header =
      tuple.src.version == 4 ? std::uint32_t{Headers::kIpv4Bytes} : kIpv6Header;
  return tuple.len - std::min(tuple.len, header);
}

}  // namespace

Headers::Headers(const Tuple& tuple) {
  if (tuple.src.version == 4) {
    put_ipv4(tuple);
  } else {
    put_ipv6(tuple);
  }
  put_transport(tuple);
}

void Headers::put_ipv4(const Tuple& tuple) {
  put8(0x45);
  put8(tuple.tos);
  put16(tuple.len);
  put16(is_icmp(tuple) ? 0 : tuple.id);  // of an echo it is not known
  put16(0);                              // not a fragment
  put8(tuple.ttl);
  put8(tuple.proto);
  put16(0);
  put_raw(std::span(tuple.src.bytes).first<4>());
  put_raw(std::span(tuple.dst.bytes).first<4>());
}

void Headers::put_ipv6(const Tuple& tuple) {
  put32(0x60000000U | static_cast<std::uint32_t>(tuple.tos) << 20U);
  put16(payload_length(tuple));
  put8(tuple.proto);
  put8(tuple.ttl);
  put_raw(tuple.src.bytes);
  put_raw(tuple.dst.bytes);
}

void Headers::put_transport(const Tuple& tuple) {
  if (is_icmp(tuple)) {
    put8(tuple.icmp_type);
    put8(tuple.icmp_code);
    put16(0);
    put16(tuple.icmp_id);
    put16(is_icmp_echo(tuple) ? tuple.icmp_seq : tuple.id);
    return;
  }
  if (tuple.proto != IPPROTO_TCP && tuple.proto != IPPROTO_UDP) return;
  put16(tuple.src_port);
  put16(tuple.dst_port);
  if (tuple.proto == IPPROTO_UDP) {
    put16(payload_length(tuple));
    put16(0);
    return;
  }
  put32(tuple.seq);
  put32(0);
  put8(5U << 4U);  // data offset: no options
  put8(tuple.tcp_flags);
  put32(0);  // window and checksum
  put16(0);
}

void Headers::put16(std::uint32_t value) {
  put8(static_cast<std::uint8_t>(value >> 8U));
  put8(static_cast<std::uint8_t>(value));
}

void Headers::put32(std::uint32_t value) {
  put16(value >> 16U);
  put16(value);
}

void Headers::put_raw(std::span<const std::uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += bytes.size();
}

}  // namespace wgt::filter
