// SPDX-License-Identifier: GPL-2.0-only
// listen: answers paired sessions of an interface's own peers (plugin/source/peer/wire.md). Traces
// for as long as somebody watches.
#pragma once

#include <chrono>
#include <optional>

#include "plugin/app/interface.h"
#include "plugin/source/kernel/bpffs.h"
#include "plugin/source/peer/address.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct ListenOptions {
  std::optional<session::HostPort> bind;  // nullopt: every address, the default port
  bool stdio = false;                     // one session on stdin and stdout instead
  std::optional<std::chrono::milliseconds> duration;
};

// What happens is said on stderr. Returns when it was stopped, or with the reason why it ended.
Result<void> listen(const kernel::PinDirectory& pins, const Interface& interface,
                    const ListenOptions& options);

}  // namespace wgt::app
