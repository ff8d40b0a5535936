// SPDX-License-Identifier: GPL-2.0-only
// ICMP errors that came back about an encrypted packet (network.rejected).
#pragma once

#include <cstdint>
#include <string>

#include "bpf/abi/record.h"
#include "plugin/explain/text_template.h"

namespace wgt::explain {

// "port_unreachable". reason: WGT_REJECTION() of wgt_record.drop_reason.
std::string rejection_name(std::uint32_t reason);

// The facts {router}, who sent it, and {mtu}, what it asks for; as far as the record has them.
void add_rejection(Facts& facts, const wgt_record& record);

}  // namespace wgt::explain
