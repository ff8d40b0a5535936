// SPDX-License-Identifier: GPL-2.0-only
// ICMP errors that came back about an encrypted packet (network.rejected).
#pragma once

#include <string>

#include "plugin/event/event.h"
#include "plugin/explain/text_template.h"

namespace wgt::explain {

// "port_unreachable"; with "_filtered" if the sender's own stack dropped it.
std::string rejection_name(const event::IcmpError& what);

// The facts {router}, who sent it, and {mtu}, what it asks for; as far as they are known.
void add_rejection(Facts& facts, const event::Rejection& rejection);

}  // namespace wgt::explain
