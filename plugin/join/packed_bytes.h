// SPDX-License-Identifier: GPL-2.0-only
// The bytes of an event in a PackedStore (packed.cpp, which alone includes this).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "plugin/join/packed.h"

namespace wgt::join::packed {

using event::Received;
using event::Sent;
using event::Tuple;

enum Flags : std::uint8_t {
  kNumbered = 1U << 0U,     // has a key: whoever keeps it knows it
  kInnerOfSent = 1U << 1U,  // the Sent's is the same
  kInnerV6 = 1U << 2U,
  kInnerV4 = 1U << 3U,  // neither: nothing is known of it
  kShortTimes = 1U << 4U,
  kInferred = 1U << 5U,
  kTooOld = 1U << 6U,
  kMatched = 1U << 7U,
};

// What a Tuple has besides addresses.
struct Rest {
  std::uint16_t src_port, dst_port;
  std::uint8_t proto, icmp_type, icmp_code, tcp_flags, ttl, tos;
  std::uint16_t icmp_id, icmp_seq, id;
  std::uint32_t len, seq;
};
struct SentRest {
  std::uint32_t outer_len;
  std::uint32_t cause;
  std::int32_t error;
  std::uint16_t outer_id, gso_segment, gso_segments;
  event::VerdictId verdict;
};
struct ReceivedRest {
  std::uint32_t outer_len;
  std::uint32_t cause;
  std::uint16_t outer_id;
  event::VerdictId verdict;
};

class Writer {
 public:
  explicit Writer(std::byte* at) : at_(at) {}
  template <class T>
  void put(const T& value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  void put(const void* bytes, std::size_t size) {
    std::memcpy(at_, bytes, size);
    at_ += size;
  }

 private:
  std::byte* at_;
};

class Reader {
 public:
  explicit Reader(const Packed& packed) : at_(reinterpret_cast<const std::byte*>(&packed + 1)) {}
  template <class T>
  T get() {
    T value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  void get(void* bytes, std::size_t size) {
    std::memcpy(bytes, at_, size);
    at_ += size;
  }

 private:
  const std::byte* at_;
};

constexpr std::size_t address_bytes(std::uint8_t flags) {
  return (flags & kInnerV6) != 0 ? 16 : (flags & kInnerV4) != 0 ? 4 : 0;
}

// kInnerV4, kInnerV6, or 0 for a Tuple of nothing. 0xff: neither.
inline std::uint8_t inner_flag(const Tuple& inner) {
  if (inner.is_message) return 0xff;  // of a tunnel in a tunnel: rare
  if (inner.src.version == 4 && inner.dst.version == 4) return kInnerV4;
  if (inner.src.version == 6 && inner.dst.version == 6) return kInnerV6;
  return inner == Tuple{} ? 0 : 0xff;
}

template <class Times>
bool fits_short(const Times& hops) {
  std::uint64_t first = 0;
  for (const std::uint64_t ns : hops) {
    if (ns == 0) continue;
    if (first == 0) first = ns;
    if (ns < first || ns - first >= UINT32_MAX) return false;
  }
  return true;
}

template <class Times>
void put_times(Writer& out, const Times& hops, bool is_short) {
  if (!is_short) return out.put(hops.data(), sizeof hops);
  std::uint64_t first = 0;
  for (const std::uint64_t ns : hops)
    if (first == 0) first = ns;
  out.put(first);
  for (const std::uint64_t ns : hops)
    out.put(ns == 0 ? std::uint32_t{0} : static_cast<std::uint32_t>(ns - first + 1));
}

template <class Times>
void get_times(Reader& in, Times& hops, bool is_short) {
  if (!is_short) return in.get(hops.data(), sizeof hops);
  const auto first = in.get<std::uint64_t>();
  for (std::uint64_t& ns : hops) {
    const auto after = in.get<std::uint32_t>();
    ns = after == 0 ? 0 : first + after - 1;
  }
}

inline void put_inner(Writer& out, const Tuple& tuple, std::uint8_t flags) {
  const std::size_t bytes = address_bytes(flags);
  if (bytes == 0) return;
  out.put(tuple.src.bytes.data(), bytes);
  out.put(tuple.dst.bytes.data(), bytes);
  out.put(Rest{tuple.src_port, tuple.dst_port, tuple.proto, tuple.icmp_type, tuple.icmp_code,
               tuple.tcp_flags, tuple.ttl, tuple.tos, tuple.icmp_id, tuple.icmp_seq, tuple.id,
               tuple.len, tuple.seq});
}

inline void get_inner(Reader& in, Tuple& tuple, std::uint8_t flags) {
  const std::size_t bytes = address_bytes(flags);
  if (bytes == 0) return;
  tuple.src.version = tuple.dst.version = bytes == 4 ? 4 : 6;
  in.get(tuple.src.bytes.data(), bytes);
  in.get(tuple.dst.bytes.data(), bytes);
  const auto rest = in.get<Rest>();
  tuple.src_port = rest.src_port;
  tuple.dst_port = rest.dst_port;
  tuple.proto = rest.proto;
  tuple.icmp_type = rest.icmp_type;
  tuple.icmp_code = rest.icmp_code;
  tuple.tcp_flags = rest.tcp_flags;
  tuple.is_message = false;
  tuple.ttl = rest.ttl;
  tuple.tos = rest.tos;
  tuple.icmp_id = rest.icmp_id;
  tuple.icmp_seq = rest.icmp_seq;
  tuple.id = rest.id;
  tuple.len = rest.len;
  tuple.seq = rest.seq;
}

template <class Times>
std::size_t times_bytes(const Times& hops, bool is_short) {
  return is_short ? sizeof(std::uint64_t) + hops.size() * sizeof(std::uint32_t) : sizeof hops;
}

}  // namespace wgt::join::packed
