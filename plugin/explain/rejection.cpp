// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/rejection.h"

#include "plugin/event/from_abi.h"
#include "plugin/explain/flow.h"

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

std::string rejection_name(std::uint32_t reason) {
  if ((reason & WGT_ICMP_DROPPED_LOCALLY) != 0)
    return rejection_name(reason & ~WGT_ICMP_DROPPED_LOCALLY) + "_filtered";
  for (const RejectionRow& row : kRejections)
    if (WGT_REJECTION(row.version, row.type << 8 | row.code) == reason) return row.name;
  const std::string protocol = reason >> 16 == 6 ? "icmpv6" : "icmp";
  return protocol + " type " + std::to_string(reason >> 8 & 0xff) + " code " +
         std::to_string(reason & 0xff);
}

void add_rejection(Facts& facts, const wgt_record& record) {
  const auto error = event::if_known(event::from_abi(record.inner));
  if (!error) return;
  facts["router"] = to_string(error->src);
  const std::uint32_t what = record.drop_reason & ~WGT_ICMP_DROPPED_LOCALLY;
  if (error->len != 0 && record.inner.id != 0 &&
      (what == WGT_FRAGMENTATION_NEEDED || what == WGT_PACKET_TOO_BIG))
    facts["mtu"] = std::to_string(record.inner.id);
}

}  // namespace wgt::explain
