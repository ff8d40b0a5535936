// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/tuple.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>

namespace wgt::event {

bool is_icmp(const Tuple& tuple) {
  return tuple.proto == IPPROTO_ICMP || tuple.proto == IPPROTO_ICMPV6;
}

bool is_icmp_echo(const Tuple& tuple) {
  if (tuple.proto == IPPROTO_ICMP)
    return tuple.icmp_type == ICMP_ECHO || tuple.icmp_type == ICMP_ECHOREPLY;
  return tuple.proto == IPPROTO_ICMPV6 &&
         (tuple.icmp_type == ICMPV6_ECHO_REQUEST || tuple.icmp_type == ICMPV6_ECHO_REPLY);
}

}  // namespace wgt::event
