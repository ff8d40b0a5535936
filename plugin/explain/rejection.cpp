// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/rejection.h"

namespace wgt::explain {
namespace {

struct RejectionRow {
  unsigned version, type, code;
  const char* name;
};

constexpr RejectionRow kRejections[] = {
    // RFC 792, 1122, 1812
    {4, 3, 0, "net_unreachable"},
    {4, 3, 1, "host_unreachable"},
    {4, 3, 2, "protocol_unreachable"},
    {4, 3, 3, "port_unreachable"},
    {4, 3, 4, "fragmentation_needed"},
    {4, 3, 6, "net_unknown"},
    {4, 3, 7, "host_unknown"},
    {4, 3, 9, "net_prohibited"},
    {4, 3, 10, "host_prohibited"},
    {4, 3, 13, "admin_prohibited"},
    {4, 11, 0, "ttl_exceeded"},
    {4, 11, 1, "reassembly_timeout"},
    // RFC 4443
    {6, 1, 0, "no_route"},
    {6, 1, 1, "admin_prohibited"},
    {6, 1, 3, "address_unreachable"},
    {6, 1, 4, "port_unreachable"},
    {6, 1, 5, "source_policy"},
    {6, 1, 6, "reject_route"},
    {6, 2, 0, "packet_too_big"},
    {6, 3, 0, "ttl_exceeded"},
    {6, 3, 1, "reassembly_timeout"},
};

}  // namespace

std::string rejection_name(const event::IcmpError& what) {
  const std::string suffix = what.dropped_locally ? "_filtered" : "";
  for (const RejectionRow& row : kRejections)
    if (row.version == what.version && row.type == what.type && row.code == what.code)
      return row.name + suffix;
  return (what.version == 6 ? "icmpv6 type " : "icmp type ") + std::to_string(what.type) +
         " code " + std::to_string(what.code) + suffix;
}

void add_rejection(Facts& facts, const event::Rejection& rejection) {
  if (!rejection.error.is_known()) return;
  facts["router"] = to_string(rejection.error.src);
  if (rejection.mtu != 0) facts["mtu"] = std::to_string(rejection.mtu);
}

}  // namespace wgt::explain
