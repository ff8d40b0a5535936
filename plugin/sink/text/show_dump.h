// SPDX-License-Identifier: GPL-2.0-only
// `show IFACE dump`: the columns of `wg show IFACE dump`, separated by tabs, for scripts. Columns
// are appended, never moved. Where wg prints a private or preshared key stands (hidden).
#pragma once

#include <ostream>

#include "plugin/explain/interface_view.h"

namespace wgt::sink {

// The interface: private-key, public-key, listen-port, fwmark, drops. Then each peer: public-key,
// preshared-key, endpoint, allowed-ips, latest-handshake, transfer-rx, transfer-tx,
// persistent-keepalive, drops.
void show_dump(std::ostream& out, const explain::InterfaceView& interface);

}  // namespace wgt::sink
