// SPDX-License-Identifier: GPL-2.0-only
//
// The kernel's WG_CMD_GET_DEVICE answer, message by message, into a Device. Pure. The layout is the
// comment tree at the top of <linux/wireguard.h>. Private and preshared keys in a message are
// compared with zero where they lie, never copied.
#pragma once

#include "wgtools/base/result.h"
#include "wgtools/wg/device.h"
#include "wgtools/wg/netlink_attr.h"

namespace wgt::wg {

class DeviceParser {
 public:
  // One message: struct nlmsghdr, struct genlmsghdr, attributes. Unknown attributes are skipped.
  // A peer with the key of the peer before it continues that peer's allowed IPs, also across
  // messages; what a message repeats of the device replaces what was known. Errors: kCorrupt, with
  // the attribute; the parser is of no use after one.
  Result<void> add(Bytes message);

  // The device, once the dump is done. kCorrupt when no message named an interface.
  Result<Device> finish() &&;

 private:
  Device device_;
};

}  // namespace wgt::wg
