// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/flow.h"

#include <netinet/in.h>

namespace wgt::explain {

using event::Tuple;

namespace {

std::string with_port(const Tuple& flow, const IpAddress& address, std::uint16_t port) {
  return has_ports(flow) ? to_string(Endpoint{.address = address, .port = port})
                         : to_string(address);
}

}  // namespace

bool has_ports(const Tuple& flow) {
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

std::string source_text(const Tuple& flow) { return with_port(flow, flow.src, flow.src_port); }

std::string destination_text(const Tuple& flow) { return with_port(flow, flow.dst, flow.dst_port); }

}  // namespace wgt::explain
