// SPDX-License-Identifier: GPL-2.0-only
// Which consumers live. Each holds a lock on the byte of its slot's number (fcntl(2), F_OFD_SETLK):
// it goes with the process, however that ends, stays while the process is stopped, and is the same
// seen from every process namespace. Pure file locks: nothing of BPF.
#pragma once

#include <cstdint>

#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::kernel {

// `file` may be open for reading only, and be a directory; it must not be the holder's own.
bool is_place_held(const UniqueFd& file, std::uint32_t slot);
// Held until `file` is closed.
Result<void> hold_place(const UniqueFd& file, std::uint32_t slot);

}  // namespace wgt::kernel
