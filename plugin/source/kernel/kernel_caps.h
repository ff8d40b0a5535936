// SPDX-License-Identifier: GPL-2.0-only
// Whether tracing can work here at all, asked before anything is tried, so that
// the user reads the cause and not its tenth consequence.
#pragma once

#include "wgtools/base/result.h"

namespace wgt::kernel {

// kPermission without the capabilities that every use of BPF here needs.
Result<void> may_trace();

// kUnsupported without BTF or WireGuard.
Result<void> can_trace();

}  // namespace wgt::kernel
