// SPDX-License-Identifier: GPL-2.0-only
// This process as the kernel side can know it again (is_process() in bpf/process.bpf.h): in a
// process namespace of its own, as containers have, getpid() alone names another process.
#pragma once

#include <cstdint>

#include "wgtools/base/result.h"

namespace wgt::kernel {

struct OwnProcess {
  std::uint32_t tgid = 0;   // as this process's namespace counts
  std::uint32_t pidns = 0;  // inode of that namespace
};

// Errors: no /proc.
Result<OwnProcess> own_process();

}  // namespace wgt::kernel
