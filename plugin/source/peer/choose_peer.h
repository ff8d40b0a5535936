// SPDX-License-Identifier: GPL-2.0-only
// Which peer of an interface --pair calls. Pure.
#pragma once

#include <optional>

#include "wgtools/base/ip.h"
#include "wgtools/base/result.h"
#include "wgtools/wg/device.h"

namespace wgt::session {

// `said`: --peer; `address`: where the listener was reached, if that is known. The only peer, or
// the one whose endpoint is there, or to whom the address belongs inside the tunnel. Errors:
// kInvalid, naming the peers to choose from.
Result<wg::PublicKey> choose_peer(const wg::Device& device,
                                  const std::optional<wg::PublicKey>& said,
                                  const std::optional<IpAddress>& address);

}  // namespace wgt::session
