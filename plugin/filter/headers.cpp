// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/headers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace wgt::filter {
namespace {

constexpr std::uint32_t kIpv4Header = 20;
constexpr std::uint32_t kIpv6Header = 40;

bool is_icmp(const wgt_tuple& tuple) {
  return tuple.proto == IPPROTO_ICMP || tuple.proto == IPPROTO_ICMPV6;
}

std::uint32_t payload_length(const wgt_tuple& tuple) {
  const std::uint32_t header = tuple.version == 4 ? kIpv4Header : kIpv6Header;
  return tuple.len - std::min(tuple.len, header);
}

}  // namespace

Headers::Headers(const wgt_tuple& tuple) {
  if (tuple.version == 4) {
    put_ipv4(tuple);
  } else {
    put_ipv6(tuple);
  }
  put_transport(tuple);
}

void Headers::put_ipv4(const wgt_tuple& tuple) {
  put8(0x45);
  put8(tuple.tos);
  put16(tuple.len);
  put16(is_icmp(tuple) ? 0 : tuple.id);  // an echo keeps its sequence number there
  put16(0);                              // not a fragment
  put8(tuple.ttl);
  put8(tuple.proto);
  put16(0);
  put_raw(std::span(tuple.src).first<4>());
  put_raw(std::span(tuple.dst).first<4>());
}

void Headers::put_ipv6(const wgt_tuple& tuple) {
  put32(0x60000000U | static_cast<std::uint32_t>(tuple.tos) << 20U);
  put16(payload_length(tuple));
  put8(tuple.proto);
  put8(tuple.ttl);
  put_raw(tuple.src);
  put_raw(tuple.dst);
}

void Headers::put_transport(const wgt_tuple& tuple) {
  if (is_icmp(tuple)) {
    std::array<std::uint8_t, 2> type_and_code{};
    std::memcpy(type_and_code.data(), &tuple.src_port, type_and_code.size());
    put_raw(type_and_code);
    put16(0);
    put16(ntohs(tuple.dst_port));
    put16(tuple.id);
    return;
  }
  if (tuple.proto != IPPROTO_TCP && tuple.proto != IPPROTO_UDP) return;
  put16(ntohs(tuple.src_port));
  put16(ntohs(tuple.dst_port));
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
