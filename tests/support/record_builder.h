// SPDX-License-Identifier: GPL-2.0-only
// Records for tests, in one readable line:
//   tx().device(1, 2).peer(kB).counter(5).inner_tcp("10.0.0.1", 4000, "10.0.0.2", 443).at(1000)
// A fresh record is valid, has the key (7, 0) and the hops that its kind
// observes on the way to a good end; at() moves them.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "bpf/abi/record.h"
#include "plugin/event/verdict.h"
#include "wgtools/wg/key.h"

namespace wgt::test {

inline wg::PublicKey test_key(std::uint8_t fill) {
  wg::PublicKey key;
  key.bytes.fill(fill);
  return key;
}

class RecordBuilder {
 public:
  explicit RecordBuilder(wgt_kind kind) {
    record_.abi = WGT_ABI_VERSION;
    record_.kind = static_cast<std::uint8_t>(kind);
    record_.flags = WGT_F_KEY;
    record_.receiver_index = 7;
    at(1'000'000);
  }

  operator const wgt_record&() const { return record_; }
  const wgt_record& build() const { return record_; }

  RecordBuilder& device(std::uint32_t netns, std::uint32_t ifindex) {
    record_.device = {netns, ifindex};
    return *this;
  }
  RecordBuilder& peer(const wg::PublicKey& key) {
    record_.flags |= WGT_F_PEER;
    std::memcpy(record_.peer, key.bytes.data(), sizeof record_.peer);
    return *this;
  }
  RecordBuilder& index(std::uint32_t receiver_index) {
    record_.receiver_index = receiver_index;
    return *this;
  }
  RecordBuilder& counter(std::uint64_t value) {
    record_.counter = value;
    return *this;
  }
  RecordBuilder& without_key() {
    record_.flags &= ~static_cast<std::uint32_t>(WGT_F_KEY);
    record_.receiver_index = 0;
    record_.counter = 0;
    return *this;
  }
  RecordBuilder& verdict(event::VerdictId value) {
    record_.verdict = static_cast<std::uint8_t>(value);
    return *this;
  }
  RecordBuilder& flags(std::uint32_t more) {
    record_.flags |= more;
    return *this;
  }
  RecordBuilder& gso(std::uint16_t segment, std::uint16_t of) {
    record_.gso_segment = segment;
    record_.gso_segments = of;
    return flags(WGT_F_GSO);
  }
  RecordBuilder& reason(std::uint32_t drop_reason, std::uint64_t location = 0) {
    record_.drop_reason = drop_reason;
    record_.drop_location = location;
    return *this;
  }

  // First hop at `first_ns`, the kind's usual further hops 1 us apart.
  RecordBuilder& at(std::uint64_t first_ns) {
    switch (record_.kind) {
      case WGT_TX:
        return hops({first_ns, first_ns + 1000, first_ns + 2000, first_ns + 3000});
      case WGT_RX:
        return hops(
            {0, first_ns, first_ns + 1000, first_ns + 2000, first_ns + 3000, first_ns + 4000});
      default:
        return hops({first_ns});
    }
  }
  // By slot of hop_ns; what is left out was not observed.
  RecordBuilder& hops(std::initializer_list<std::uint64_t> ns) {
    std::fill(std::begin(record_.hop_ns), std::end(record_.hop_ns), 0);
    std::copy(ns.begin(), ns.end(), record_.hop_ns);
    return *this;
  }

  RecordBuilder& inner_tcp(const char* src, std::uint16_t sport, const char* dst,
                           std::uint16_t dport, std::uint8_t flags = 0x10) {
    set(record_.inner, IPPROTO_TCP, src, sport, dst, dport);
    record_.inner.tcp_flags = flags;
    return *this;
  }
  RecordBuilder& inner_udp(const char* src, std::uint16_t sport, const char* dst,
                           std::uint16_t dport) {
    set(record_.inner, IPPROTO_UDP, src, sport, dst, dport);
    return *this;
  }
  // ICMP for IPv4 addresses, ICMPv6 for IPv6 ones; an echo request by default.
  RecordBuilder& inner_ping(const char* src, const char* dst, std::uint16_t id, std::uint16_t seq) {
    const bool v6 = std::strchr(src, ':') != nullptr;
    constexpr std::uint8_t kIcmp = IPPROTO_ICMP, kIcmp6 = IPPROTO_ICMPV6;
    set(record_.inner, v6 ? kIcmp6 : kIcmp, src, 0, dst, id);
    const std::uint8_t type_and_code[2] = {static_cast<std::uint8_t>(v6 ? 128 : 8), 0};
    std::memcpy(&record_.inner.src_port, type_and_code, sizeof type_and_code);
    record_.inner.id = seq;
    return *this;
  }
  RecordBuilder& outer_udp(const char* src, std::uint16_t sport, const char* dst,
                           std::uint16_t dport) {
    set(record_.outer, IPPROTO_UDP, src, sport, dst, dport);
    return *this;
  }
  RecordBuilder& inner_len(std::uint32_t len) {
    record_.inner.len = len;
    return *this;
  }

 private:
  static void set(wgt_tuple& tuple, std::uint8_t proto, const char* src, std::uint16_t sport,
                  const char* dst, std::uint16_t dport) {
    const bool v6 = std::strchr(src, ':') != nullptr;
    tuple = {};
    tuple.version = v6 ? 6 : 4;
    tuple.proto = proto;
    tuple.len = 84;
    tuple.ttl = 64;
    inet_pton(v6 ? AF_INET6 : AF_INET, src, tuple.src);
    inet_pton(v6 ? AF_INET6 : AF_INET, dst, tuple.dst);
    tuple.src_port = htons(sport);
    tuple.dst_port = htons(dport);
  }

  wgt_record record_{};
};

inline RecordBuilder tx() { return RecordBuilder(WGT_TX); }
inline RecordBuilder rx() { return RecordBuilder(WGT_RX).verdict(event::VerdictId::DELIVERED); }
inline RecordBuilder drop(event::VerdictId where) { return RecordBuilder(WGT_DROP).verdict(where); }

}  // namespace wgt::test
