// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/flow.h"

#include <arpa/inet.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>

#include <algorithm>
#include <span>

namespace wgt::explain {
namespace {

IpAddress to_address(std::span<const std::uint8_t, 16> bytes, std::uint8_t version) {
  return version == 4 ? make_ipv4(bytes.first<4>()) : make_ipv6(bytes);
}

std::string with_port(const Flow& flow, const IpAddress& address, std::uint16_t port) {
  return has_ports(flow) ? to_string(Endpoint{.address = address, .port = port})
                         : to_string(address);
}

}  // namespace

std::optional<Flow> to_flow(const wgt_tuple& tuple) {
  if (tuple.version != 4 && tuple.version != 6) return std::nullopt;
  Flow flow;
  flow.src = to_address(std::span(tuple.src), tuple.version);
  flow.dst = to_address(std::span(tuple.dst), tuple.version);
  flow.proto = tuple.proto;
  flow.len = tuple.len;
  const std::uint16_t first = ntohs(tuple.src_port);
  const std::uint16_t second = ntohs(tuple.dst_port);
  if (is_icmp(flow)) {
    flow.icmp_type = static_cast<std::uint8_t>(first >> 8);
    flow.icmp_code = static_cast<std::uint8_t>(first & 0xff);
    if (is_icmp_echo(flow)) {
      flow.icmp_id = second;
      flow.icmp_seq = tuple.id;
    }
  } else {
    flow.src_port = first;
    flow.dst_port = second;
  }
  return flow;
}

bool is_icmp(const Flow& flow) {
  return flow.proto == IPPROTO_ICMP || flow.proto == IPPROTO_ICMPV6;
}

bool is_icmp_echo(const Flow& flow) {
  if (flow.proto == IPPROTO_ICMP)
    return flow.icmp_type == ICMP_ECHO || flow.icmp_type == ICMP_ECHOREPLY;
  return flow.proto == IPPROTO_ICMPV6 &&
         (flow.icmp_type == ICMPV6_ECHO_REQUEST || flow.icmp_type == ICMPV6_ECHO_REPLY);
}

bool has_ports(const Flow& flow) {
  return flow.proto == IPPROTO_TCP || flow.proto == IPPROTO_UDP || flow.src_port != 0 ||
         flow.dst_port != 0;
}

std::string proto_name(std::uint8_t proto) {
  switch (proto) {
    case IPPROTO_TCP:
      return "tcp";
    case IPPROTO_UDP:
      return "udp";
    case IPPROTO_ICMP:
      return "icmp";
    case IPPROTO_ICMPV6:
      return "icmpv6";
    default:
      return std::to_string(proto);
  }
}

std::string source_text(const Flow& flow) { return with_port(flow, flow.src, flow.src_port); }

std::string destination_text(const Flow& flow) { return with_port(flow, flow.dst, flow.dst_port); }

}  // namespace wgt::explain
