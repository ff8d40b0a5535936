// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/to_abi.h"

#include <arpa/inet.h>

#include <algorithm>

#include "bpf/abi/record.h"

namespace wgt::event {

wgt_device_key to_abi(const DeviceKey& key) { return {key.netns, key.ifindex}; }

wgt_tuple to_abi(const Tuple& tuple) {
  wgt_tuple out{};
  if (!tuple.is_known()) return out;
  out.version = tuple.src.version;
  std::ranges::copy(tuple.src.bytes, out.src);
  std::ranges::copy(tuple.dst.bytes, out.dst);
  out.proto = tuple.proto;
  out.tcp_flags = tuple.tcp_flags;
  out.ttl = tuple.ttl;
  out.tos = tuple.tos;
  out.len = tuple.len;
  out.seq = tuple.seq;
  out.id = is_icmp_echo(tuple) ? tuple.icmp_seq : tuple.id;
  if (is_icmp(tuple)) {
    out.src_port = htons(static_cast<std::uint16_t>(tuple.icmp_type << 8U | tuple.icmp_code));
    out.dst_port = htons(tuple.icmp_id);
  } else {
    out.src_port = htons(tuple.src_port);
    out.dst_port = htons(tuple.dst_port);
  }
  return out;
}

}  // namespace wgt::event
