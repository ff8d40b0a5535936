// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/from_abi.h"

#include <arpa/inet.h>

#include <span>

#include "bpf/abi/record.h"

namespace wgt::event {
namespace {

IpAddress address(const std::uint8_t (&bytes)[16], std::uint8_t version) {
  const std::span<const std::uint8_t, 16> all(bytes);
  return version == 4 ? make_ipv4(all.first<4>()) : make_ipv6(all);
}

}  // namespace

DeviceKey from_abi(const wgt_device_key& key) { return {key.netns, key.ifindex}; }

Tuple from_abi(const wgt_tuple& tuple) {
  Tuple out;
  if (tuple.version != 4 && tuple.version != 6) return out;
  out.src = address(tuple.src, tuple.version);
  out.dst = address(tuple.dst, tuple.version);
  out.proto = tuple.proto;
  out.tcp_flags = tuple.tcp_flags;
  out.ttl = tuple.ttl;
  out.tos = tuple.tos;
  out.len = tuple.len;
  out.seq = tuple.seq;
  const std::uint16_t first = ntohs(tuple.src_port);
  const std::uint16_t second = ntohs(tuple.dst_port);
  if (!is_icmp(out)) {
    out.src_port = first;
    out.dst_port = second;
    out.id = tuple.id;
    return out;
  }
  out.icmp_type = static_cast<std::uint8_t>(first >> 8U);
  out.icmp_code = static_cast<std::uint8_t>(first);
  if (is_icmp_echo(out)) {
    out.icmp_id = second;
    out.icmp_seq = tuple.id;
  } else {
    out.id = tuple.id;
  }
  return out;
}

}  // namespace wgt::event
